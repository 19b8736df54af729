import { isAbsolute, relative } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure, Place } from '../../domain/failure.ts';
import type { Ending } from './bench.ts';

/** What an explanation needs to know about the evaluation. */
export interface Circumstances {
  readonly file: string;
  /** Folders of contract libraries: a place in the user's own files is preferred to one in there. */
  readonly importPaths: readonly string[];
  /** A path as the module names it → as this machine names it. */
  readonly host: (inside: string) => string;
}

type Unhappy = Exclude<Ending, { kind: 'value' }>;

/** Why an evaluation gave no value: one failure for each error that Nickel found, at least one. */
export function explain(ending: Unhappy, circumstances: Circumstances): readonly Failure[] {
  if (ending.kind === 'errors') return explainErrors(ending.text, circumstances);
  return [{ ...explainAbort(ending), place: { file: circumstances.file } }];
}

function explainAbort(ending: Exclude<Unhappy, { kind: 'errors' }>): Failure {
  if (ending.kind === 'crashed') {
    return failure('definition_invalid', 'Nickel itself failed on this definition', { report: ending.words });
  }
  const what = ending.kind === 'late' ? `was stopped after ${ending.seconds} s` : `ran out of ${ending.what}`;
  return failure('definition_invalid', `the evaluation ${what}`, {
    hint: 'Look for a function that calls itself without an end, or for very deep nesting.',
  });
}

/** The parts that we use of a diagnostic of codespan-reporting, as it is serialised. */
interface Diagnostic {
  readonly severity: 'Bug' | 'Error' | 'Warning' | 'Note' | 'Help';
  readonly code: string | null;
  readonly message: string;
}

/** `text`: a line with the diagnostics as JSON, then the report of all of them, in the same order. */
function explainErrors(text: string, circumstances: Circumstances): readonly Failure[] {
  const [json, report] = splitOnce(text, '\n');
  const { diagnostics } = JSON.parse(json) as { diagnostics: readonly Diagnostic[] };
  const failures: Failure[] = [];
  let rest = report;
  diagnostics.forEach((diagnostic, index) => {
    const [own, later] = cutBefore(rest, diagnostics[index + 1]);
    rest = later;
    const last = failures.at(-1);
    const isError = diagnostic.severity === 'Error' || diagnostic.severity === 'Bug';
    // Notes that follow an error belong to it: they say where the contract that was broken comes from.
    if (last && !isError) failures[failures.length - 1] = { ...last, report: `${last.report}\n\n${own.trimEnd()}` };
    else failures.push(explainOne(diagnostic, { own, ...circumstances }));
  });
  return failures;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Cuts a report in front of the diagnostic that comes next. */
function cutBefore(report: string, next: Diagnostic | undefined): [string, string] {
  const at = next ? report.indexOf(`\n${headerOf(next)}`, 1) : -1;
  return at < 0 ? [report, ''] : [report.slice(0, at), report.slice(at + 1)];
}

const headerOf = ({ severity, code, message }: Diagnostic): string =>
  `${severity.toLowerCase()}${code === null ? '' : `[${code}]`}: ${message}`;

function explainOne(diagnostic: Diagnostic, { own, ...circumstances }: Circumstances & { own: string }): Failure {
  const snippets = own.slice(headerOf(diagnostic).length);
  return failure('definition_invalid', inOneLine(diagnostic.message), {
    place: placeOf(snippets, circumstances),
    report: own.trimEnd(),
  });
}

/** Nickel writes the reason of a broken contract on lines of its own below the first. */
const inOneLine = (message: string): string =>
  message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(': ');

/** Each file in a report has a line `┌─ FILE:LINE:COLUMN`, the one with the primary label first; columns are characters. */
function placeOf(snippets: string, { file, importPaths, host }: Circumstances): Place {
  const places = [...snippets.matchAll(/^ *┌─ (.+):(\d+):(\d+)$/gm)].map(([, name = '', line, column]) => ({
    file: host(name),
    line: Number(line),
    column: Number(column),
  }));
  const own = places.find((place) => isAbsolute(place.file) && !importPaths.some((path) => isBelow(path, place.file)));
  return own ?? places[0] ?? { file };
}

function isBelow(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith('..') && !isAbsolute(path);
}
