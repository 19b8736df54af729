import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';

/** Reads a definition file (`.ncl`) into plain data. Never throws for what a user wrote. */
export interface Evaluator {
  /** `file` is absolute. Resolves to what `nickel export --format json` would print, parsed. */
  evaluate(file: string): Promise<Result<unknown, readonly Failure[]>>;
}
