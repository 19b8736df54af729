import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';

/** Where a credential is looked up from. */
export interface SecretPlace {
  /** Where relative paths and programs begin: absolute. */
  readonly workspace: string;
  /** What a program sees. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads credentials that are kept outside of this program. Failures never show what was read. */
export interface Secrets {
  /** The content of a file, without the end of its last line. */
  file(path: string, place: SecretPlace): Promise<Result<string, Failure>>;
  /** What a program prints, without the end of its last line. */
  command(argv: readonly [string, ...string[]], place: SecretPlace): Promise<Result<string, Failure>>;
}
