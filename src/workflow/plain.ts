import { isRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { describe, quote } from './quote.ts';

/** Deeper data than this is a mistake, and recursive readers downstream may rely on the limit. */
const MAX_DEPTH = 100;

export interface PlainProblem {
  /** Steps from the value that was given. */
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** What in `value` could not travel as JSON without loss, or is not in this version. */
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
    if (typeof value === 'boolean' || value === null) continue;
    if (typeof value === 'string' && !value.includes('{{')) continue;
    for (const problem of jsonProblems(value, [...path, step])) problems.push(problem);
  }
  return problems;
}

/** `{{ tasks['web-1'].ip }}`. Other braces are data of whoever reads them. */
const REFERENCE = /\{\{-?\s*tasks\b/;

function scalarProblem(value: unknown): { readonly message: string; readonly hint: string } | undefined {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') {
    if (!REFERENCE.test(value)) return undefined;
    return {
      message: `${quote(value)} uses the result of another task, which is not in this version`,
      hint: 'Write the value itself, or let the task save it where the other one reads it.',
    };
  }
  if (typeof value !== 'number') return { message: `${describe(value)} is not plain data`, hint: 'Write a string.' };
  if (!Number.isFinite(value)) return { message: `${value} is not a number that JSON knows`, hint: 'Write a string.' };
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return { message: `${value} has too many digits to be kept exactly`, hint: 'Write it as a string, in quotes.' };
  return undefined;
}
