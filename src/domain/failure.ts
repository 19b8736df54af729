/**
 * Expected failures are values with a stable code. This table is the only place that says what a code means
 * to a script (exit status), to an HTTP caller (status) and to a retry loop.
 *
 * `number` makes the code by which people find an explanation: `PRV-0006`. A new failure takes the next free one; none is
 * ever changed or given again (`test/presentation/explain.test.ts`).
 */
export const FAILURES = {
  work_failed: { number: 1, exit: 1, http: 500, retryable: false },
  usage: { number: 2, exit: 2, http: 400, retryable: false },
  config_invalid: { number: 3, exit: 2, http: 400, retryable: false },
  definition_invalid: { number: 4, exit: 2, http: 400, retryable: false },
  not_running: { number: 5, exit: 3, http: 503, retryable: false },
  not_found: { number: 6, exit: 4, http: 404, retryable: false },
  conflict: { number: 7, exit: 6, http: 409, retryable: false },
  differs: { number: 8, exit: 7, http: 409, retryable: false },
  cancelled: { number: 9, exit: 8, http: 409, retryable: false },
  timed_out: { number: 10, exit: 9, http: 504, retryable: true },
  unavailable: { number: 11, exit: 10, http: 503, retryable: true },
  outcome_unknown: { number: 12, exit: 11, http: 500, retryable: false },
  internal: { number: 13, exit: 70, http: 500, retryable: false },
  try_later: { number: 14, exit: 75, http: 503, retryable: true },
  interrupted: { number: 15, exit: 130, http: 499, retryable: false },
  unauthorized: { number: 16, exit: 10, http: 401, retryable: false },
  forbidden: { number: 17, exit: 10, http: 403, retryable: false },
  unsupported_media_type: { number: 18, exit: 2, http: 415, retryable: false },
  too_large: { number: 19, exit: 2, http: 413, retryable: false },
  incompatible: { number: 20, exit: 75, http: 503, retryable: false },
  output_lost: { number: 21, exit: 11, http: 500, retryable: false },
} as const satisfies Record<string, { number: number; exit: number; http: number; retryable: boolean }>;

export type FailureCode = keyof typeof FAILURES;

/** Where a failure was found. `line` and `column` count from 1; `path` is a place in data: `operations[3] (web-1)`. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly path?: string | undefined;
}

/** What is wrong, where, and what to do about it. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** What a task itself calls the reason: a retry policy may name it. */
  readonly reason?: string | undefined;
  readonly place?: Place | undefined;
  /** What the reader can do next: one sentence. */
  readonly hint?: string | undefined;
  /** Ready-made report with source lines and squiggles, shown below the message on a terminal. */
  readonly report?: string | undefined;
  /** What a task's process ended with. In a text it looks like the command's own, so little else has to be known there. */
  readonly exit_code?: number | undefined;
}

/** A failure without a place; `extra` adds place, hint or report. */
export const failure = (
  code: FailureCode,
  message: string,
  extra: Omit<Failure, 'code' | 'message'> = {},
): Failure => ({
  code,
  message,
  ...extra,
});

/** `PRV-0006`: what people search for. */
export const publicCodeOf = (code: FailureCode): string => `PRV-${String(FAILURES[code].number).padStart(4, '0')}`;

export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(FAILURES, code);

export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

export const exitCodeOf = (code: FailureCode): number => FAILURES[code].exit;
