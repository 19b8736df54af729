/**
 * Expected failures are values with a stable code. This table is the only place that says what a code means
 * to a script (exit status), to an HTTP caller (status) and to a retry loop.
 */
export const FAILURES = {
  work_failed: { exit: 1, http: 500, retryable: false },
  usage: { exit: 2, http: 400, retryable: false },
  config_invalid: { exit: 2, http: 400, retryable: false },
  definition_invalid: { exit: 2, http: 400, retryable: false },
  not_running: { exit: 3, http: 503, retryable: false },
  not_found: { exit: 4, http: 404, retryable: false },
  conflict: { exit: 6, http: 409, retryable: false },
  differs: { exit: 7, http: 409, retryable: false },
  cancelled: { exit: 8, http: 409, retryable: false },
  timed_out: { exit: 9, http: 504, retryable: true },
  unavailable: { exit: 10, http: 503, retryable: true },
  outcome_unknown: { exit: 11, http: 500, retryable: false },
  internal: { exit: 70, http: 500, retryable: false },
  try_later: { exit: 75, http: 503, retryable: true },
  interrupted: { exit: 130, http: 499, retryable: false },
  unauthorized: { exit: 10, http: 401, retryable: false },
  forbidden: { exit: 10, http: 403, retryable: false },
  unsupported_media_type: { exit: 2, http: 415, retryable: false },
  too_large: { exit: 2, http: 413, retryable: false },
} as const satisfies Record<string, { exit: number; http: number; retryable: boolean }>;

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
  readonly place?: Place | undefined;
  /** What the reader can do next: one sentence. */
  readonly hint?: string | undefined;
  /** Ready-made report with source lines and squiggles, shown below the message on a terminal. */
  readonly report?: string | undefined;
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

export const exitCodeOf = (code: FailureCode): number => FAILURES[code].exit;
