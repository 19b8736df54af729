import { denied, isDenied } from '../config/denied.ts';
import { damagedStore, isDamaged } from '../domain/damaged.ts';
import { diskFull, isDiskFull } from '../domain/disk-full.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/** What was thrown is none of the user's doing, but may be the machine's. */
export function bug(error: unknown): Failure {
  if (isDiskFull(error)) return diskFull();
  if (isDenied(error)) return denied(error);
  if (isDamaged(error)) return damagedStore();
  const message = error instanceof Error ? error.message : String(error);
  const report = error instanceof Error ? error.stack : undefined;
  const hint = 'This is a bug in provisioning. Please report it with the lines above.';
  return failure('internal', message, { report, hint });
}
