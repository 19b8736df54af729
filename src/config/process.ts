import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { LoadOptions } from './load.ts';

/** What `loadConfiguration` needs to know of this process. The current folder may have been removed meanwhile. */
export function processOptions(): Result<Pick<LoadOptions, 'cwd' | 'env' | 'uid'>, Failure> {
  try {
    return ok({ cwd: process.cwd(), env: { ...process.env }, uid: process.getuid?.() ?? -1 });
  } catch {
    const hint = 'Change to a folder that exists.';
    return err(failure('usage', 'The current folder does not exist any more.', { hint }));
  }
}
