export const BACKOFFS = ['fixed', 'linear', 'exponential'] as const;
export type Backoff = (typeof BACKOFFS)[number];

/** `attempts` counts the first try too. Delays in seconds, fractions allowed. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly initial_delay: number;
  readonly max_delay: number;
  /** Share of the delay, 0 to 1, by which it is varied up or down, so that many retries do not come at once. */
  readonly jitter?: number | undefined;
  /** Only these exit codes are tried again; without the list, every failure that is not final. */
  readonly on_exit_codes?: readonly number[] | undefined;
}

export const ONE_ATTEMPT: RetryPolicy = { attempts: 1, backoff: 'exponential', initial_delay: 1, max_delay: 300 };

/** Milliseconds to wait after attempt number `attempt` (from 1) failed, or `undefined` when there is no further one. */
export function retryDelay(policy: RetryPolicy, attempt: number, exitCode: number | undefined): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  if (policy.on_exit_codes !== undefined && (exitCode === undefined || !policy.on_exit_codes.includes(exitCode)))
    return undefined;
  const factor = { fixed: 1, linear: attempt, exponential: 2 ** (attempt - 1) }[policy.backoff];
  return Math.round(Math.min(policy.initial_delay * factor, policy.max_delay) * 1000);
}
