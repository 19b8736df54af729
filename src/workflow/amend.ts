import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Operation, Workflow } from '../domain/workflow.ts';
import { canonical, sameDefinition } from './compare.ts';

/** What differs between the definition of a run and the same file now: a line each. Empty: nothing does. */
export function differences(stored: Workflow, now: Workflow): readonly string[] {
  const lines: string[] = [];
  for (const key of changedKeys(withoutOperations(stored), withoutOperations(now)))
    lines.push(change(key, valueAt(stored, key), valueAt(now, key)));
  const later = byId(now);
  for (const operation of stored.operations) {
    const other = later.get(operation.id);
    if (other === undefined) lines.push(`${operation.id}: is gone`);
    else
      for (const key of changedKeys(operation, other))
        lines.push(change(`${operation.id}: ${key}`, valueAt(operation, key), valueAt(other, key)));
  }
  const earlier = byId(stored);
  for (const { id } of now.operations) if (!earlier.has(id)) lines.push(`${id}: is new`);
  return lines;
}

/**
 * The changed definition, with its operations in the order in which the run has them. Operations may not come or go: what
 * has been done belongs to the ones that there were.
 */
export function amend(stored: Workflow, now: Workflow): Result<Workflow, Failure> {
  const later = byId(now);
  const operations = stored.operations.flatMap(({ id }) => later.get(id) ?? []);
  if (operations.length === stored.operations.length && operations.length === now.operations.length)
    return ok({ ...now, operations });
  return err(
    failure('conflict', 'operations have come or gone since the run was submitted', {
      hint: 'Submit the file as a new run; what exists already stays as it is.',
    }),
  );
}

const byId = ({ operations }: Workflow): ReadonlyMap<string, Operation> =>
  new Map(operations.map((operation) => [operation.id, operation]));

const withoutOperations = (workflow: Workflow): object => ({ ...workflow, operations: [] });

const changedKeys = (before: object, after: object): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !sameDefinition(valueAt(before, key), valueAt(after, key)),
  );

const valueAt = (record: object, key: string): unknown => (record as Readonly<Record<string, unknown>>)[key];

const change = (what: string, before: unknown, after: unknown): string => `${what}: ${shown(before)} → ${shown(after)}`;

const SHOWN_CHARACTERS = 100;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = canonical(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
