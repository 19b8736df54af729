import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Owned } from './owned.ts';

export interface Expiry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly failure: Failure;
}

/**
 * When a run is over its time, as far as is known now. It follows from what is stored, so it outlives any engine. A run
 * that is paused is not measured, and one that was reopened begins anew.
 */
export function expiryOf({ createdAt, firstStart, suspendedMs, view }: Owned): Expiry | undefined {
  const { state, workflow } = view;
  if (state.status !== 'running') return undefined;
  const { pausedMs = 0, reopenedAt = 0 } = state;
  const after = (from: number, seconds: number): number =>
    Math.max(from, reopenedAt) + pausedMs + suspendedMs + seconds * 1000;
  if (firstStart === null) {
    const { queue_timeout: seconds } = workflow;
    if (seconds === undefined) return undefined;
    return {
      at: after(createdAt, seconds),
      failure: timedOut(`no task could start for ${seconds} s`, 'queue_timeout'),
    };
  }
  const { timeout: seconds } = workflow;
  if (seconds === undefined) return undefined;
  return { at: after(firstStart, seconds), failure: timedOut(`the run took more than ${seconds} s`, 'timeout') };
}

const timedOut = (what: string, key: string): Failure =>
  failure('timed_out', what, { hint: `Its ${key} says so. To go on with it: provisioning workflow retry.` });
