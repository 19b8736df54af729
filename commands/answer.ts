import type { Printed } from '../src/api/printed.ts';
import type { Failure } from '../src/domain/failure.ts';
import type { Result } from '../src/domain/result.ts';
import type { Style } from '../src/presentation/style.ts';

/** What a command has to say, in each of the ways in which it can be asked. Only one of them is called, or two. */
export type Answer = Said & (InDocument | InLines);

interface Said {
  /** Without it: 0. */
  readonly exit?: number | undefined;
  /** Ends with a newline, or is empty. */
  text(style: Style): string;
  /** Bare ids, one a line. */
  quiet(): string;
}

interface InDocument {
  /** Of the kind that `src/api/printed.ts` describes for the command. */
  json(): Printed;
}

/** `--json` prints records, one a line, instead of one document. */
interface InLines {
  jsonLines(): string;
}

export type Outcome = Result<Answer, readonly Failure[]>;

/** One id a line. */
export const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('');
