import type { Failure } from '../src/domain/failure.ts';
import type { Result } from '../src/domain/result.ts';
import type { Style } from '../src/presentation/style.ts';

/** What a command has to say, in each of the ways in which it can be asked. Only one of them is called. */
export interface Answer {
  /** Without it: 0. */
  readonly exit?: number | undefined;
  json(): unknown;
  /** What `--json` prints instead of one document: records, one a line. */
  jsonText?: (() => string) | undefined;
  /** Ends with a newline, or is empty. */
  text(style: Style): string;
  /** Bare ids, one a line. */
  quiet(): string;
}

export type Outcome = Result<Answer, readonly Failure[]>;

/** One id a line. */
export const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('');
