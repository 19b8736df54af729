import { isRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { child } from './document.ts';
import type { Entry } from './entry.ts';
import { describe } from './quote.ts';
import type { Report } from './report.ts';

/** An operation of an older generation that stood for several. */
interface Batch {
  readonly name: string;
  readonly type: string;
  /** Where the list of its elements may stand, in the operation or in its parameters. */
  readonly lists: readonly string[];
  /** Services on the same servers were installed one after the other; servers were created together. */
  readonly chained: boolean;
}

const BATCHES: readonly Batch[] = [
  { name: 'server_batch', type: 'server.create', lists: ['server_configs', 'servers'], chained: false },
  { name: 'taskserv_batch', type: 'taskserv.create', lists: ['taskserv_configs', 'taskservs'], chained: true },
];

export const batchOf = (type: unknown): Batch | undefined => BATCHES.find(({ name }) => name === type);

/** One operation `ID.NAME` for each element. Who depends on the batch depends on all of them. */
export function expand(report: Report, entry: Entry, batch: Batch): readonly Entry[] {
  const { params, ...operation }: Record<string, unknown> = entry.value;
  const list = listOf(entry, batch);
  if (list === undefined) {
    report.fail(
      entry.path,
      `"${batch.name}" has no list of ${batch.lists.join(' or ')}`,
      `Write one "${batch.type}" operation for each.`,
    );
    return [];
  }
  if (typeof operation['id'] !== 'string') {
    report.fail(entry.path, `"id" of "${batch.name}" must be a string; found ${describe(operation['id'])}`);
    return [];
  }
  report.warn(
    [...entry.path, 'type'],
    `"${batch.name}" is of an older generation: write one "${batch.type}" operation for each`,
  );
  for (const key of batch.lists) delete operation[key];
  const shared: Record<string, unknown> = { ...(isRecord(params) ? params : {}), ...moved(operation, batch) };
  for (const key of batch.lists) delete shared[key];
  const entries: Entry[] = [];
  for (const [index, item] of list.items.entries()) {
    const element = typeof item === 'string' ? { name: item } : item;
    const path = [...list.path, index];
    if (isRecord(element)) entries.push(member({ batch, operation, shared, element, path, before: entries.at(-1) }));
    else report.fail(path, `an element of "${batch.name}" must be a name or a record; found ${describe(item)}`);
  }
  return entries;
}

interface Member {
  readonly batch: Batch;
  readonly operation: Readonly<Record<string, unknown>>;
  readonly shared: Readonly<Record<string, unknown>>;
  readonly element: Readonly<Record<string, unknown>>;
  readonly path: Path;
  readonly before: Entry | undefined;
}

function member({ batch, operation, shared, element, path, before }: Member): Entry {
  const { provider = operation['provider'], ...own } = element;
  const value = {
    ...operation,
    id: `${text(operation['id'])}.${text(own['name'])}`,
    type: batch.type,
    provider,
    dependencies: batch.chained && before !== undefined ? [before.value['id']] : operation['dependencies'],
    params: { ...shared, ...own },
  };
  return { value, path, written: new Map() };
}

/** On which servers a batch of taskservs was installed stood beside its list. */
function moved(operation: Record<string, unknown>, batch: Batch): Readonly<Record<string, unknown>> {
  if (!batch.chained || !Object.hasOwn(operation, 'servers')) return {};
  const servers = operation['servers'];
  delete operation['servers'];
  return { servers };
}

function listOf(
  entry: Entry,
  { lists }: Batch,
): { readonly items: readonly unknown[]; readonly path: Path } | undefined {
  const params = entry.written.get('params') ?? 'params';
  for (const key of lists) {
    const outside = child(entry.value, key);
    if (Array.isArray(outside) && outside.length > 0) return { items: outside, path: [...entry.path, key] };
    const inside = child(entry.value['params'], key);
    if (Array.isArray(inside) && inside.length > 0) return { items: inside, path: [...entry.path, params, key] };
  }
  return undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
