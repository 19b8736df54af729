import type { Event } from '../domain/event.ts';
import type { ResourceChange } from '../domain/resource.ts';
import type { Effect } from '../workflow/advance.ts';
import type { Owned } from './owned.ts';

/** What a turn of the loop has to make durable, and to do once it is. */
export interface Batch {
  readonly changes: Map<string, PendingChange>;
  readonly effects: { readonly run: Owned; readonly effect: Effect }[];
}

/** Of one run. */
export interface PendingChange {
  readonly events: Event[];
  readonly touched: Set<number>;
  readonly resources: { task: number; changes: readonly ResourceChange[] }[];
}

export function pendingChange(batch: Batch, id: string): PendingChange {
  let change = batch.changes.get(id);
  if (change === undefined) {
    change = { events: [], touched: new Set(), resources: [] };
    batch.changes.set(id, change);
  }
  return change;
}

const ENDS: ReadonlySet<Event['type']> = new Set([
  'task.completed',
  'task.failed',
  'task.unknown',
  'task.cancelled',
  'task.retrying',
  'task.requeued',
]);

/** Whether an attempt ends with it. */
export const endsAttempt = ({ changes }: Batch): boolean =>
  [...changes.values()].some(({ events }) => events.some(({ type }) => ENDS.has(type)));
