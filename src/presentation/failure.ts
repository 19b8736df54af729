import { toErrorEntry } from '../api/problems.ts';
import type { ErrorDocument } from '../api/problems.ts';
import { exitCodeOf, failure, isFailureCode, publicCodeOf } from '../domain/failure.ts';
import type { Failure, Place } from '../domain/failure.ts';
import { manyLines, oneLine } from './escape.ts';
import type { Style } from './style.ts';

/** What is wrong, where, why (the report), and what to do. Ends with a newline. */
export function failureText(failure: Failure, style: Style): string {
  const lines = [`${style.red('error:')} ${headline(failure, style)}`];
  const report = withoutHead(failure.report?.trimEnd() ?? '');
  if (failure.place !== undefined && !report.includes(failure.place.file))
    lines.push(`  ${style.dim('at')} ${placeText(failure.place)}`);
  if (report !== '') lines.push(indent(manyLines(report)));
  if (failure.hint !== undefined) lines.push(`  ${style.cyan('→')} ${sentence(failure.hint)}`);
  return `${lines.join('\n')}\n`;
}

/** Of a command that failed. Where nobody has said what to do, the code leads on. */
export function failuresText(failures: readonly Failure[], style: Style): string {
  const text = failures.map((failure) => failureText(failure, style)).join('');
  const [first] = failures;
  if (first === undefined || failures.some(({ hint, report }) => (hint ?? report) !== undefined)) return text;
  return `${text}  ${style.cyan('→')} More about it: provisioning explain ${publicCodeOf(first.code)}\n`;
}

/** `file:line:column`, then the place in the data. */
export function placeText({ file, line, column, path }: Place): string {
  const position = [line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  const text = [file, ...position].join(':');
  return oneLine(path === undefined ? text : `${text} (${path})`);
}

/** What `--json` prints for a command that failed: the first failure, and all of them where there are several. */
export function errorDocument(failures: readonly Failure[]): ErrorDocument {
  const errors = failures.map(toErrorEntry);
  const [error = toErrorEntry(failure('internal', 'it failed without a reason'))] = errors;
  return errors.length > 1 ? { error, errors } : { error };
}

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

/** The message, with the code for `provisioning explain` at the end of its first line. */
function headline({ code, message }: Failure, style: Style): string {
  const [first = '', ...rest] = sentence(message).replace(/\.$/, '').split('\n');
  // A run's record may have been written by a version that knew other codes.
  const mark = isFailureCode(code) ? ` ${style.dim(`[${publicCodeOf(code)}]`)}` : '';
  return [`${first}${mark}`, ...rest].join('\n');
}

const sentence = (text: string): string => manyLines(text).trim().replaceAll('\n', '\n  ');

const indent = (text: string): string => `  ${text.replaceAll('\n', '\n  ')}`;
