import { FAILURES, failure, isFailureCode, publicCodeOf } from '../domain/failure.ts';
import type { Failure, FailureCode, Place } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';

/** A failure as callers get it. Everything that other layers add for each other is left out. */
export interface ErrorEntry extends Failure {
  /** `PRV-0006`: for `provisioning explain`. */
  readonly id: string;
}

/** What a failed command prints with `--json`: the first failure, and all of them where there are several. */
export interface ErrorDocument {
  readonly error: ErrorEntry;
  readonly errors?: readonly ErrorEntry[] | undefined;
}

export const toErrorEntry = ({ code, message, place, hint, report }: Failure): ErrorEntry => ({
  code,
  id: publicCodeOf(code),
  message,
  place,
  hint,
  report,
});

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457, with our stable code. `errors` holds all failures where there are several; the first one is the problem. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: FailureCode;
  readonly id: string;
  readonly retryable: boolean;
  readonly place?: Place | undefined;
  readonly hint?: string | undefined;
  readonly report?: string | undefined;
  readonly errors?: readonly ErrorEntry[] | undefined;
}

/** `failures` must not be empty. */
export function toProblem(failures: readonly Failure[]): Problem {
  const first = failures[0] ?? failure('internal', 'a problem without a failure');
  const { http, retryable } = FAILURES[first.code];
  const { message, ...rest } = toErrorEntry(first);
  return {
    type: 'about:blank',
    title: first.code.replaceAll('_', ' '),
    status: http,
    detail: message,
    ...rest,
    retryable,
    errors: failures.length > 1 ? failures.map(toErrorEntry) : undefined,
  };
}

/** Everything that a problem says. An answer that is no problem of ours still becomes a failure: by its status. */
export function fromProblem(status: number, body: unknown): readonly [Failure, ...Failure[]] {
  if (!isRecord(body)) return [failure(codeOf(status), `the orchestrator answered with status ${status}`)];
  const [first, ...rest] = (Array.isArray(body['errors']) ? body['errors'] : [])
    .filter(isRecord)
    .map((entry) => failureFrom(status, entry['message'], entry));
  return first === undefined ? [failureFrom(status, body['detail'], body)] : [first, ...rest];
}

function failureFrom(status: number, text: unknown, body: Readonly<Record<string, unknown>>): Failure {
  const { code, hint, report, place } = body;
  const known = typeof code === 'string' && isFailureCode(code) ? code : codeOf(status);
  const message = typeof text === 'string' ? text : `the orchestrator answered with status ${status}`;
  return failure(known, message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof report === 'string' ? { report } : {}),
    ...(isPlace(place) ? { place } : {}),
  });
}

function isPlace(value: unknown): value is Place {
  if (!isRecord(value) || typeof value['file'] !== 'string') return false;
  const { line, column, path } = value;
  return [line, column].every((n) => n === undefined || typeof n === 'number') && isText(path);
}

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** A newer orchestrator may have codes, and a proxy in between statuses, that this program does not know. */
function codeOf(status: number): FailureCode {
  const byStatus: Readonly<Record<number, FailureCode>> = {
    400: 'usage',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
    413: 'too_large',
    415: 'unsupported_media_type',
    503: 'try_later',
  };
  return byStatus[status] ?? 'internal';
}
