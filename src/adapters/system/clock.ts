import type { Clock } from '../../ports/clock.ts';

/** Timers longer than this overflow in Node and fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export function createClock(): Clock {
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => Date.now(),
    alarm(at, wake) {
      clearTimeout(timer);
      timer = undefined;
      if (at !== null) timer = setTimeout(wake, Math.min(Math.max(0, at - Date.now()), LONGEST_MS));
    },
  };
}
