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
  /** Only what one of the two lists names is tried again; without both, every failure of the work itself. */
  readonly on_exit_codes?: readonly number[] | undefined;
  /** Kinds of failure: `timed_out`, `work_failed` …, or what the task calls its own in its `failure.json`. */
  readonly on?: readonly string[] | undefined;
}

/** What an attempt can fail with, as far as we name it; a task may have other names. */
export const FAILURE_KINDS = ['work_failed', 'timed_out', 'conflict', 'not_found', 'usage'] as const;
/** What a task may call its failure. */
export const REASON = /^[a-z][a-z0-9_]{0,62}$/;

export const ONE_ATTEMPT: RetryPolicy = { attempts: 1, backoff: 'exponential', initial_delay: 1, max_delay: 300 };

/** An attempt that failed. */
export interface Failed {
  /** Counts from 1. */
  readonly attempt: number;
  readonly exitCode: number | undefined;
  /** The failure's code, and what the task itself calls it. */
  readonly kinds: readonly (string | undefined)[];
  /** From 0 to below 1: where within the jitter its delay lies. */
  readonly draw: number;
}

/** Milliseconds to wait before the next attempt, or `undefined` when there is none. */
export function retryDelay(policy: RetryPolicy, failed: Failed): number | undefined {
  const { attempt, draw } = failed;
  if (attempt >= policy.attempts || !isNamed(policy, failed)) return undefined;
  const factor = { fixed: 1, linear: attempt, exponential: 2 ** (attempt - 1) }[policy.backoff];
  const delay = Math.min(policy.initial_delay * factor, policy.max_delay);
  const vary = delay * (policy.jitter ?? 0);
  // Cut off before drawing: what is cut off afterwards comes at once again.
  const [least, most] = [delay - vary, Math.min(delay + vary, policy.max_delay)];
  return Math.round((least + draw * (most - least)) * 1000);
}

/** What is wrong with the definition or with this installation is not the work's to fail with: a person mends it first. */
function isNamed({ on, on_exit_codes: codes }: RetryPolicy, { exitCode, kinds }: Failed): boolean {
  if (on === undefined && codes === undefined) return FAILURE_KINDS.some((kind) => kind === kinds[0]);
  return codes?.some((code) => code === exitCode) === true || on?.some((kind) => kinds.includes(kind)) === true;
}

/** A draw that an attempt has for good, so that deciding twice decides the same: FNV-1a of its fence. */
export function drawOf(fence: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < fence.length; index++) hash = Math.imul(hash ^ fence.charCodeAt(index), 0x01000193);
  // Its high bits hardly see the last characters: mixed once more.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
