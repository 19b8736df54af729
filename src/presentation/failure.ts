import { exitCodeOf, failure } from '../domain/failure.ts';
import type { Failure, Place } from '../domain/failure.ts';
import { manyLines, oneLine } from './escape.ts';
import type { Style } from './style.ts';

/** What is wrong, where, why (the report), and what to do. Ends with a newline. */
export function failureText(failure: Failure, style: Style): string {
  const lines = [`${style.red('error:')} ${sentence(failure.message)}`];
  const report = withoutHead(failure.report?.trimEnd() ?? '');
  if (failure.place !== undefined && !report.includes(failure.place.file))
    lines.push(`  ${style.dim('at')} ${placeText(failure.place)}`);
  if (report !== '') lines.push(indent(manyLines(report)));
  if (failure.hint !== undefined) lines.push(`  ${style.cyan('→')} ${sentence(failure.hint)}`);
  return `${lines.join('\n')}\n`;
}

export const failuresText = (failures: readonly Failure[], style: Style): string =>
  failures.map((failure) => failureText(failure, style)).join('');

/** `file:line:column`, then the place in the data. */
export function placeText({ file, line, column, path }: Place): string {
  const position = [line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  const text = [file, ...position].join(':');
  return oneLine(path === undefined ? text : `${text} (${path})`);
}

/** What `--json` prints for a command that failed: the first failure, and all of them where there are several. */
export function errorDocument(failures: readonly Failure[]): {
  readonly error: Failure;
  readonly errors?: readonly Failure[];
} {
  const errors = failures.map(plain);
  const [error = failure('internal', 'it failed without a reason')] = errors;
  return errors.length > 1 ? { error, errors } : { error };
}

/** What other layers add for each other is none of the reader's business. */
const plain = ({ code, message, place, hint, report }: Failure): Failure => ({ code, message, place, hint, report });

/** The first failure decides: it is what was found first. */
export const exitOf = (failures: readonly Failure[]): number => exitCodeOf(failures[0]?.code ?? 'internal');

/** Nickel's report begins with its message, which stands above it already: what is new begins at the first `┌─`. */
function withoutHead(report: string): string {
  if (!report.startsWith('error: ')) return report;
  const lines = report.split('\n');
  return lines
    .slice(
      Math.max(
        0,
        lines.findIndex((line) => line.includes('┌─')),
      ),
    )
    .join('\n');
}

const sentence = (text: string): string => manyLines(text).trim().replaceAll('\n', '\n  ');

const indent = (text: string): string => `  ${text.replaceAll('\n', '\n  ')}`;
