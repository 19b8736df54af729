import { uptime } from 'node:os';
import { hrtime } from 'node:process';
import type { Clock } from '../../ports/clock.ts';

/** Timers longer than this overflow in Node and fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Two clocks of the machine, in milliseconds, neither of which anybody can set: one stops while it is suspended. */
export interface Uptimes {
  readonly withSuspension: () => number;
  readonly withoutSuspension: () => number;
}

/** Nobody reads the two at the very same time, and the longer one has a coarse unit. */
const NOISE_MS = 2000;

const MACHINE: Uptimes = {
  withSuspension: () => uptime() * 1000,
  withoutSuspension: () => Number(hrtime.bigint() / 1_000_000n),
};

/**
 * Suspension is what one uptime has more than the other, never a difference to the time of day: that is set by people
 * and by NTP. On Windows both go on while the machine is suspended, so there it is never seen.
 */
export function createClock(uptimes: Uptimes = MACHINE): Clock {
  const apart = (): number => uptimes.withSuspension() - uptimes.withoutSuspension();
  const apartAtFirst = apart();
  let suspended = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    now: () => Date.now(),
    suspended() {
      const seen = apart() - apartAtFirst;
      if (seen - suspended > NOISE_MS) suspended = Math.round(seen);
      return suspended;
    },
    alarm(at, wake) {
      clearTimeout(timer);
      timer = undefined;
      if (at !== null) timer = setTimeout(wake, Math.min(Math.max(0, at - Date.now()), LONGEST_MS));
    },
  };
}
