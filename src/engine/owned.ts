import type { Attempt } from '../executor/request.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { TaskState } from '../domain/task.ts';
import type { Submission } from '../domain/submission.ts';
import type { StoredRun, TaskPlace } from '../ports/store.ts';
import { resolveOperation } from '../workflow/resolve.ts';
import { resultsOf } from '../workflow/results.ts';
import { createView, operationOf, taskOf } from '../workflow/view.ts';
import type { RunView } from '../workflow/view.ts';

export interface Waiter {
  readonly task: number;
  readonly child: string;
  /** The task has its slot back, waits for another run, or has ended. */
  readonly over: () => void;
}

/** A run in the hands of this engine. */
export interface Owned {
  readonly id: string;
  readonly submission: Submission;
  readonly taskIds: readonly string[];
  readonly view: RunView;
  /** What of it runs is watched, nothing is started. */
  dormant: boolean;
  readonly createdAt: number;
  /** When its first task started; `null` while none has. */
  firstStart: number | null;
  /** Milliseconds that the machine was suspended while this engine measured the run's time. */
  suspendedMs: number;
  /** Task → when its attempt has used up its time, milliseconds since 1970. */
  readonly deadlines: Map<number, number>;
  /** The task that submitted it. */
  readonly parent: TaskPlace | null;
  /** Who is to be told when a task waits for its child run no more. */
  readonly waiters: Set<Waiter>;
  /** Tasks that have waited for their child run and want their slots back. */
  readonly back: Map<number, string>;
  /** Runs that were told to end because the tasks of this one that wait for them were. */
  readonly stopped: Set<string>;
  /** Resolves when the run has ended and that is durable. */
  readonly settled: PromiseWithResolvers<RunOutcome>;
  /** The run that takes this one back, because its definition wants that. */
  rollback?: string;
}

export function own(run: StoredRun): Owned {
  const { id, submission } = run;
  const tasks = run.tasks.map((task) => task.state);
  return {
    id,
    submission,
    taskIds: run.tasks.map((task) => task.taskId),
    view: createView({ id, workflow: submission.workflow, state: run.state, tasks }),
    dormant: false,
    createdAt: run.createdAt,
    firstStart: earliest(tasks),
    suspendedMs: 0,
    deadlines: new Map(),
    parent: run.parent,
    waiters: new Set(),
    back: new Map(),
    stopped: new Set(),
    settled: Promise.withResolvers(),
    ...(run.rollback === null ? {} : { rollback: run.rollback }),
  };
}

function earliest(tasks: readonly TaskState[]): number | null {
  let first: number | null = null;
  for (const { startedAt } of tasks) if (startedAt !== null && (first === null || startedAt < first)) first = startedAt;
  return first;
}

/** The attempt that runs now. */
export function attemptOf(run: Owned, task: number): Attempt {
  const state = taskOf(run.view, task);
  if (state.status !== 'running') throw new Error(`Internal error: task ${task} of ${run.id} is ${state.status}`);
  return {
    workflowId: run.id,
    taskId: run.taskIds[task] ?? '',
    number: state.attempts,
    fence: state.fence,
    operation: operationOf(run.view, task),
    submission: run.submission,
    resolve: (operation) => resolveOperation(operation, resultsOf(run.view)),
  };
}

/** Seconds that one attempt of the task may take; 0 means no limit. */
export const timeoutOf = (run: Owned, task: number): number =>
  operationOf(run.view, task).timeout ?? run.submission.settings.task_timeout_seconds;
