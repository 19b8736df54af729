import { isRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { MAX_DEPTH } from './plain.ts';

/** Uses a field of the result of another task, or something inside of it. */
export interface Reference {
  readonly kind: 'reference';
  readonly task: string;
  /** Fields by name, elements of lists by number; never empty. */
  readonly steps: Path;
}

/** A piece of a string. `malformed`: it begins as a reference does, and is none. */
export type Part = Reference | { readonly kind: 'text' | 'malformed'; readonly text: string };

const CANDIDATE = /\{\{[-+]?\s*tasks\s*[.[]/g;

/** `{{ tasks['web-1'].ip }}`, `{{ tasks.db.addresses[0].ip }}` */
const REFERENCE =
  /\{\{\s*tasks(?:\.([\w-]+)|\[\s*'([^']*)'\s*\]|\[\s*"([^"]*)"\s*\])(\.[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[[0-9]{1,9}\])*)\s*\}\}/y;

/** The pieces of a string, in order. Braces around anything else are text: data of whoever reads them. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const { index } of text.matchAll(CANDIDATE)) {
    if (index < done) continue;
    if (index > done) parts.push({ kind: 'text', text: text.slice(done, index) });
    REFERENCE.lastIndex = index;
    const match = REFERENCE.exec(text);
    if (match === null) return [...parts, { kind: 'malformed', text: text.slice(index) }];
    const [whole, dotted, single, double, rest = ''] = match;
    parts.push({ kind: 'reference', task: dotted ?? single ?? double ?? '', steps: stepsOf(rest) });
    done = index + whole.length;
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) });
  return parts;
}

/** Whether a value is a string with a reference, or with what looks like one. */
export const isTemplate = (value: unknown): value is string =>
  typeof value === 'string' && value.includes('{{') && partsOf(value).some(({ kind }) => kind !== 'text');

/**
 * Every string with a reference in plain data, with its place. Keys of records are no templates. Ends where data is too
 * deep to be plain.
 */
export function* templatesIn(
  value: unknown,
  path: Path = [],
): Generator<{ readonly path: Path; readonly text: string }> {
  if (isTemplate(value)) yield { path, text: value };
  if (path.length > MAX_DEPTH || (!Array.isArray(value) && !isRecord(value))) return;
  for (const [step, inner] of Array.isArray(value) ? value.entries() : Object.entries(value))
    if (typeof inner === 'string' ? inner.includes('{{') : typeof inner === 'object')
      yield* templatesIn(inner, [...path, step]);
}

const stepsOf = (text: string): Path =>
  [...text.matchAll(/\.([\w-]+)|\[([0-9]+)\]/g)].map(([, field, index]) => field ?? Number(index));
