import type { RunDocument } from '../api/documents.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { ResourceKind } from '../domain/resource.ts';
import type { Operation, Workflow } from '../domain/workflow.ts';
import { quote } from './quote.ts';
import { nounOf } from './params.ts';

/** A run that has something before it, or of which nobody knows how it ended. */
export interface ActiveRun {
  readonly run: Pick<RunDocument, 'workflow_id' | 'status' | 'tasks'>;
  readonly workflow: Workflow;
}

export const ACTIVE: ReadonlySet<RunDocument['status']> = new Set([
  'queued',
  'running',
  'paused',
  'cancelling',
  'unknown',
]);

/** What is needed by a task that has not ended cannot be destroyed: the failure names that run and the way out. */
export function inUse(
  { kind, name }: { readonly kind: ResourceKind; readonly name: string },
  active: readonly ActiveRun[],
): Failure | undefined {
  const users = active.flatMap(({ run, workflow }) => {
    const task = run.tasks.find(({ status }, index) => {
      const operation = workflow.operations[index];
      return OPEN.has(status) && operation !== undefined && uses(operation, kind).includes(name);
    });
    return task === undefined ? [] : [{ run, task }];
  });
  const [first] = users;
  if (first === undefined) return undefined;
  const { run, task } = first;
  const more = users.length === 1 ? '' : ` and by ${users.length - 1} more`;
  const message = `${kind} ${quote(name)} is in use by run ${run.workflow_id} (${run.status}), whose task ${task.id} (${task.type}) is ${task.status}${more}`;
  return failure('conflict', message, { hint: wayOut(run) });
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'running', 'unknown']);

/**
 * What of a kind an operation works on, besides what it makes or destroys itself: two operations on one and the same
 * thing wait for each other anyway.
 */
function uses({ type, params }: Operation, kind: ResourceKind): readonly unknown[] {
  if (nounOf(type) === kind) return [];
  const { servers, taskservs, cluster } = params;
  if (kind === 'cluster') return [cluster];
  const named = { server: servers, taskserv: taskservs, app: undefined }[kind];
  return Array.isArray(named) ? named : [];
}

function wayOut({ workflow_id: id, status, tasks }: ActiveRun['run']): string {
  const unknown = tasks.find((task) => task.status === 'unknown');
  if (status === 'unknown' && unknown !== undefined)
    return `Look what exists, then say it: provisioning workflow resolve ${id} ${unknown.id} --as completed|failed|retry`;
  const [verb, done] = status === 'paused' ? ['resume', 'Let it go on'] : ['monitor', 'Wait until it has ended'];
  return `${done} (provisioning workflow ${verb} ${id}), or cancel it: provisioning workflow cancel ${id}`;
}
