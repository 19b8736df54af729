import { isRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { describe } from './quote.ts';

/** Deeper data than this is a mistake, and recursive readers downstream may rely on the limit. */
export const MAX_DEPTH = 100;

export interface PlainProblem {
  /** Steps from the value that was given. */
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** What in `value` could not travel as JSON without loss. */
export function jsonProblems(value: unknown, path: Path = []): readonly PlainProblem[] {
  if (path.length > MAX_DEPTH) return [{ path, message: `data is nested more than ${MAX_DEPTH} levels deep` }];
  if (Array.isArray(value)) return innerProblems(value.entries(), path);
  if (isRecord(value)) return innerProblems(Object.entries(value), path);
  const problem = scalarProblem(value);
  return problem === undefined ? [] : [{ path, ...problem }];
}

function innerProblems(entries: Iterable<readonly [string | number, unknown]>, path: Path): readonly PlainProblem[] {
  const problems: PlainProblem[] = [];
  for (const [step, value] of entries) {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) continue;
    for (const problem of jsonProblems(value, [...path, step])) problems.push(problem);
  }
  return problems;
}

function scalarProblem(value: unknown): { readonly message: string; readonly hint: string } | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return undefined;
  if (typeof value !== 'number') return { message: `${describe(value)} is not plain data`, hint: 'Write a string.' };
  if (!Number.isFinite(value)) return { message: `${value} is not a number that JSON knows`, hint: 'Write a string.' };
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return { message: `${value} has too many digits to be kept exactly`, hint: 'Write it as a string, in quotes.' };
  return undefined;
}
