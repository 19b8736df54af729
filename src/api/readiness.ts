import { FAILURES } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';

/** The argument that makes this program an orchestrator. What follows: the `data_dir`. */
export const DAEMON_ROLE = '__daemon';
/** The pipe on which a starting orchestrator says, in one line of JSON, that it is ready or why it is not. */
export const READINESS_FD = 3;

/** `already_running`: somebody else holds the right to run. */
export type Readiness = { readonly ready: true } | { readonly already_running: true } | { readonly error: Failure };

/** `undefined`: no such line, so the process died. */
export function parseReadiness(text: string): Readiness | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    if (value['ready'] === true) return { ready: true };
    if (value['already_running'] === true) return { already_running: true };
    return isFailure(value['error']) ? { error: value['error'] } : undefined;
  } catch {
    return undefined;
  }
}

const isFailure = (value: unknown): value is Failure =>
  isRecord(value) &&
  typeof value['code'] === 'string' &&
  Object.hasOwn(FAILURES, value['code']) &&
  typeof value['message'] === 'string';
