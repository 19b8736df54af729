import type { Choice } from './needs.ts';
import type { Queue } from './queue.ts';
import type { Timer, Timers } from './timers.ts';

export interface Index {
  readonly queue: Queue;
  readonly timers: Timers;
}

export interface Moment {
  readonly now: number;
  /** Running tasks of this engine that there may be at once. */
  readonly limit: number;
}

export interface Decisions {
  readonly start: readonly Choice[];
  /** Retries whose time has come: they are in the queue from now on. */
  readonly due: readonly Choice[];
  /** Deadlines that have passed, of attempts and of runs. */
  readonly expired: readonly Timer[];
}

/**
 * What to do now. Deterministic, without clock and I/O; it works on indexed state, so its cost is that of what starts
 * and what is due, not of what waits.
 */
export function decide({ queue, timers }: Index, { now, limit }: Moment): Decisions {
  const due: Timer[] = [];
  const expired: Timer[] = [];
  for (const timer of timers.take(now)) (timer.kind === 'retry' ? due : expired).push(timer);
  for (const retry of due) queue.add(retry, retry.weight, now);
  return { start: queue.choose(limit - queue.running, now), due, expired };
}

/** When to decide again even if nothing happens; `null` when only an event can change anything. */
export function wakeAt({ queue, timers }: Index): number | null {
  const times = [queue.wakeAt(), timers.next()].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}
