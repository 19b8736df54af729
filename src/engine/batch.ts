import type { Event } from '../domain/event.ts';
import type { ResourceChange } from '../domain/resource.ts';
import type { Effect } from '../workflow/input.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { Committed, RunChange } from '../ports/store.ts';
import { taskOf } from '../workflow/view.ts';
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

export function runChange({ id, view }: Owned, pending: PendingChange): RunChange {
  const tasks = new Map([...pending.touched].map((task) => [task, taskOf(view, task)] as const));
  return { id, state: view.state, events: pending.events, tasks, resources: pending.resources };
}

/** The failpoints between what is durable and what follows from it. */
export function pass(failpoint: Failpoint | undefined, batch: Batch, { answers }: Committed): void {
  if (failpoint === undefined) return;
  if (endsAttempt(batch)) failpoint('settled');
  if (answers.some(({ granted }) => granted)) failpoint('claimed');
}

/** Whether an attempt ends with it. */
const endsAttempt = ({ changes }: Batch): boolean =>
  [...changes.values()].some(({ events }) => events.some(({ type }) => ENDS.has(type)));
