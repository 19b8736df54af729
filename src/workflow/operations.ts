import { isRecord } from '../domain/json.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Operation } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import { batchOf } from './batch.ts';
import type { Entry } from './entry.ts';
import type { Fields } from './fields.ts';
import { readOperation } from './operation.ts';
import type { Draft } from './operation.ts';
import { describe, quote } from './quote.ts';
import { checkReferences } from './references.ts';
import { translateOperation } from './translate.ts';

const MAX_OPERATIONS = 100_000;

/** All operations of a workflow, with their dependencies looked up. */
export function readOperations(fields: Fields, known: ReadonlySet<string>): readonly Operation[] {
  const items = readList(fields);
  const reading: Reading = { fields, known, drafts: [], batches: new Map() };
  for (const [index, item] of items.entries()) readItem(reading, [...fields.pathOf('operations'), index], item);
  const { drafts, batches } = reading;
  for (const { id, path } of batches.size === 0 ? [] : drafts)
    if (id !== undefined && batches.has(id)) failUsed(fields, path, id);
  checkReferences(fields.report, drafts, batches);
  return drafts.map(({ operation }) => (batches.size === 0 ? operation : withMembers(operation, batches)));
}

interface Reading {
  readonly fields: Fields;
  readonly known: ReadonlySet<string>;
  readonly drafts: Draft[];
  /** The id of a batch of an older generation → the ids of what it became. */
  readonly batches: Map<string, readonly string[]>;
}

function readList(fields: Fields): readonly unknown[] {
  const hint = 'Write operations = [{ id = "…", type = "…" }].';
  const items = fields.list('operations', 'a list', hint);
  if (fields.value('operations') === undefined) fields.missing('operations', hint);
  if (items === undefined) return [];
  if (items.length === 0) fields.fail('operations', 'the workflow has no operations', hint);
  if (items.length <= MAX_OPERATIONS) return items;
  fields.fail('operations', `${items.length} operations; at most ${MAX_OPERATIONS} are possible`);
  return [];
}

function readItem({ fields, known, drafts, batches }: Reading, path: Path, item: unknown): void {
  if (!isRecord(item)) {
    fields.report.fail(path, `an operation must be a record; found ${describe(item)}`);
    return;
  }
  const entries = translateOperation(fields.report, path, item);
  for (const entry of entries) drafts.push(readOperation(fields.report, entry, known));
  const id = item['id'] ?? item['operation_id'];
  if (batchOf(item['type'] ?? item['operation_type']) === undefined || typeof id !== 'string') return;
  if (batches.has(id)) failUsed(fields, path, id);
  batches.set(id, idsOf(entries));
}

const idsOf = (entries: readonly Entry[]): readonly string[] => entries.map((entry) => String(entry.value['id']));

const failUsed = (fields: Fields, path: Path, id: string): void =>
  fields.report.fail([...path, 'id'], `id ${quote(id)} is already used by a batch`, 'Ids are unique in a workflow.');

function withMembers(operation: Operation, batches: Reading['batches']): Operation {
  const dependencies = operation.dependencies.flatMap((said) => {
    const dependency = dependencyOf(said);
    const members = batches.get(dependency.id);
    return members?.map((id) => (typeof said === 'string' ? id : { ...dependency, id })) ?? [said];
  });
  return { ...operation, dependencies: [...new Set(dependencies)] };
}
