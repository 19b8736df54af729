import { isRecord } from '../domain/json.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Operation } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import { batchOf } from './batch.ts';
import type { Context } from './context.ts';
import { keyOf } from './dependencies.ts';
import type { Entry } from './entry.ts';
import type { Fields } from './fields.ts';
import { readOperation } from './operation.ts';
import type { Draft } from './operation.ts';
import { describe, quote } from './quote.ts';
import { checkReferences } from './references.ts';
import type { Graph } from './references.ts';
import { checkTaskReferences } from './task-references.ts';
import { translateOperation } from './translate.ts';

const MAX_OPERATIONS = 100_000;

/** All operations of a workflow, with their dependencies looked up. */
export function readOperations(fields: Fields, context: Context): readonly Operation[] {
  const items = readList(fields);
  const reading: Reading = { fields, context, drafts: [], batches: new Map() };
  for (const [index, item] of items.entries()) readItem(reading, [...fields.pathOf('operations'), index], item);
  const { drafts, batches } = reading;
  for (const { id, path } of batches.size === 0 ? [] : drafts)
    if (id !== undefined && batches.has(id)) failUsed(fields, path, id);
  const graph = checkReferences(fields.report, drafts, batches);
  checkTaskReferences(fields.report, drafts, graph);
  return drafts.map(({ operation }) => withDependencies(operation, batches, graph));
}

interface Reading {
  readonly fields: Fields;
  readonly context: Context;
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

function readItem({ fields, context, drafts, batches }: Reading, path: Path, item: unknown): void {
  if (!isRecord(item)) {
    fields.report.fail(path, `an operation must be a record; found ${describe(item)}`);
    return;
  }
  const entries = translateOperation(fields.report, path, item);
  for (const entry of entries) drafts.push(readOperation(fields.report, entry, context));
  const id = item['id'] ?? item['operation_id'];
  if (batchOf(item['type'] ?? item['operation_type']) === undefined || typeof id !== 'string') return;
  if (batches.has(id)) failUsed(fields, path, id);
  batches.set(id, idsOf(entries));
}

const idsOf = (entries: readonly Entry[]): readonly string[] => entries.map((entry) => String(entry.value['id']));

const failUsed = (fields: Fields, path: Path, id: string): void =>
  fields.report.fail([...path, 'id'], `id ${quote(id)} is already used by a batch`, 'Ids are unique in a workflow.');

/** Batches give way to their members, and optional dependencies on nothing are left out. */
function withDependencies(operation: Operation, batches: Reading['batches'], { indices }: Graph): Operation {
  if (operation.dependencies.every((said) => typeof said === 'string' && indices.has(said))) return operation;
  const members = operation.dependencies.flatMap((said) => {
    const dependency = dependencyOf(said);
    const ids = batches.get(dependency.id) ?? [dependency.id];
    return ids.map((id) => (typeof said === 'string' ? id : { ...dependency, id }));
  });
  const known = members.filter((said) => indices.has(dependencyOf(said).id));
  return { ...operation, dependencies: [...new Map(known.map((said) => [keyOf(said), said])).values()] };
}
