import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { findTask } from '../domain/find-task.ts';
import type { Pools } from '../domain/pool.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { TaskStatus } from '../domain/task.ts';
import type { Workflow } from '../domain/workflow.ts';
import { operationOf, taskOf } from './view.ts';
import type { RunView } from './view.ts';

/** Which of a run's tasks a retry does again. */
export interface RetryWish {
  /** This task and all that depends on it, completed or not. */
  readonly from?: string | undefined;
  /** What failed and what was skipped because of it, but not what was cancelled. */
  readonly onlyFailed?: boolean | undefined;
  /** The same file as it is now; without it, the definition of the run holds. */
  readonly changed?: Workflow | undefined;
  /** What it may name, besides the run's own. */
  readonly pools?: Pools | undefined;
  readonly acceptChanges?: boolean | undefined;
}

/** `undefined`: it may be paused, or is already. */
export function whyNotPause({ id, state: { status } }: RunView): Failure | undefined {
  if (status === 'queued' || status === 'running' || status === 'paused') return undefined;
  if (!isOutcome(status)) return refuse(`run ${id} is about to end: there is nothing to pause`, seeHow(id));
  return refuse(`${howEnded(id, status)}: there is nothing to pause`, seeHow(id));
}

/** `undefined`: it may go on, or does already. */
export function whyNotResume({ id, state: { status } }: RunView): Failure | undefined {
  if (status === 'queued' || status === 'running' || status === 'paused') return undefined;
  if (!isOutcome(status)) return refuse(`run ${id} is about to end: it cannot go on`, seeHow(id));
  const isOpen = status === 'failed' || status === 'cancelled';
  const hint = isOpen ? `To go on with it: provisioning workflow retry ${id}` : seeHow(id);
  return refuse(`${howEnded(id, status)}: there is nothing to resume`, hint);
}

/** What the run has paused for, and still has not got: `has` says which variables somebody has handed over. */
export function whyStillPaused({ id, state }: RunView, has: (variable: string) => boolean): Failure | undefined {
  const missing = state.status === 'paused' ? (state.wants ?? []).filter((name) => !has(name)) : [];
  if (missing.length === 0) return undefined;
  const flags = missing.map((name) => ` --env ${name}`).join('');
  return refuse(
    `run ${id} would pause again: nobody has handed over ${missing.join(' and ')}`,
    `With ${missing.join(' and ')} in the environment: provisioning workflow resume ${id}${flags}`,
  );
}

const howEnded = (id: string, status: RunOutcome): string => `run ${id} has ended already (${status})`;

const seeHow = (id: string): string => `See how: provisioning workflow status ${id}`;

/** The tasks to do again, in the order of the workflow. */
export function retryTasks(view: RunView, wish: RetryWish): Result<readonly number[], Failure> {
  const { status } = view.state;
  if (status === 'paused')
    return err(refuse(`run ${view.id} is paused`, `To go on: provisioning workflow resume ${view.id}`));
  if (!isOutcome(status)) return err(refuse(`run ${view.id} has not ended: it is ${status}`, seeHow(view.id)));
  const unknown = withStatus(view, ['unknown'])[0];
  if (unknown !== undefined) return err(unknownFirst(view, unknown));
  if (wish.from !== undefined) return fromTask(view, wish.from);
  const wanted: readonly TaskStatus[] = wish.onlyFailed === true ? ['failed'] : ['failed', 'cancelled', 'pending'];
  const tasks = inOrder(withSkipped(view, withStatus(view, wanted)));
  return tasks.length > 0 ? ok(tasks) : err(nothingToRetry(view, wish));
}

/** And what was skipped and may be done now. What was skipped because of others is rightly so still. */
function withSkipped(view: RunView, tasks: readonly number[]): ReadonlySet<number> {
  const found = new Set(tasks);
  for (const task of found)
    for (const edge of view.dependants[task] ?? [])
      if (taskOf(view, edge.task).status === 'skipped') found.add(edge.task);
  return found;
}

const inOrder = (tasks: Iterable<number>): readonly number[] => [...tasks].toSorted((a, b) => a - b);

function fromTask(view: RunView, id: string): Result<readonly number[], Failure> {
  const first = taskIn(view, id);
  if (!first.ok) return first;
  const found = new Set([first.value]);
  for (const task of found) for (const edge of view.dependants[task] ?? []) found.add(edge.task);
  for (const task of withSkipped(view, withStatus(view, ['failed', 'cancelled']))) found.add(task);
  return ok(inOrder(found));
}

/** The index of a task by its operation's id or a unique beginning of it. */
const taskIn = (view: RunView, said: string): Result<number, Failure> =>
  findTask(
    view.workflow.operations.map(({ id }) => id),
    said,
    `run ${view.id}`,
  );

/** The index of a task whose outcome nobody knows. */
export function unknownTask(view: RunView, said: string): Result<number, Failure> {
  const task = taskIn(view, said);
  if (!task.ok) return task;
  const { status } = taskOf(view, task.value);
  const { id } = operationOf(view, task.value);
  return status === 'unknown' ? task : err(refuse(`task ${id} of run ${view.id} is not unknown but ${status}`));
}

const withStatus = (view: RunView, wanted: readonly TaskStatus[]): number[] =>
  [...view.tasks.entries()].flatMap(([task, state]) => (wanted.includes(state.status) ? [task] : []));

function nothingToRetry(view: RunView, { onlyFailed }: RetryWish): Failure {
  const hint = 'To do a part of it again all the same: --from TASK.';
  return onlyFailed === true && view.state.status !== 'completed'
    ? refuse(`no task of run ${view.id} failed`, `Without --only-failed, what was cancelled is done too.`)
    : refuse(`run ${view.id} is completed: there is nothing to retry`, hint);
}

function unknownFirst(view: RunView, task: number): Failure {
  const { id } = operationOf(view, task);
  return refuse(
    `nobody knows how task ${id} of run ${view.id} ended`,
    `Look, then say it: provisioning workflow resolve ${view.id} ${id} --as completed|failed|retry`,
  );
}

const refuse = (message: string, hint?: string): Failure => failure('conflict', message, { hint });
