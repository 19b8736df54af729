import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/** What was thrown is none of the user's doing. */
export function bug(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const report = error instanceof Error ? error.stack : undefined;
  const hint = 'This is a bug in provisioning. Please report it with the lines above.';
  return failure('internal', message, { report, hint });
}
