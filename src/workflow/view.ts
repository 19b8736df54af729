import { isTaskEvent } from '../domain/event.ts';
import type { Event, TaskEvent } from '../domain/event.ts';
import { weightOf } from '../domain/priority.ts';
import { transitionRun } from '../domain/run.ts';
import type { RunState } from '../domain/run.ts';
import { transitionTask } from '../domain/task.ts';
import type { TaskState } from '../domain/task.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';

/**
 * A run, indexed so that an event touches its task and that task's dependants, never the whole run.
 * `applyEvent` is its only writer; everybody else reads.
 */
export interface RunView {
  readonly id: string;
  readonly workflow: Workflow;
  state: RunState;
  readonly tasks: TaskState[];
  readonly dependants: readonly (readonly number[])[];
  /** Per task: dependencies that have not completed. */
  readonly waiting: number[];
  /** Pending tasks that wait for nothing but a slot, by priority weight, oldest first. */
  readonly ready: readonly Set<number>[];
  /** Pending tasks that wait for the time of their retry. */
  readonly delayed: Map<number, number>;
  readonly running: Set<number>;
  readonly counts: { cancelled: number; failed: number; unknown: number };
}

export interface RunParts {
  readonly id: string;
  readonly workflow: Workflow;
  readonly state: RunState;
  readonly tasks: readonly TaskState[];
}

export function createView(parts: RunParts): RunView {
  const { operations } = parts.workflow;
  const index = new Map(operations.map((operation, task) => [operation.id, task]));
  const dependants: number[][] = operations.map(() => []);
  const waiting = operations.map(() => 0);
  for (const [task, operation] of operations.entries())
    for (const said of operation.dependencies) {
      const { id } = dependencyOf(said);
      const dependency = index.get(id);
      if (dependency === undefined) throw new Error(`Internal error: unknown dependency ${id}`);
      dependants[dependency]?.push(task);
      if (parts.tasks[dependency]?.status !== 'completed') waiting[task] = (waiting[task] ?? 0) + 1;
    }
  const ready = [new Set<number>(), new Set<number>(), new Set<number>()];
  const view: RunView = {
    id: parts.id,
    workflow: parts.workflow,
    state: parts.state,
    tasks: [...parts.tasks],
    dependants,
    waiting,
    ready,
    delayed: new Map(),
    running: new Set(),
    counts: { cancelled: 0, failed: 0, unknown: 0 },
  };
  for (const task of parts.tasks.keys()) enqueue(view, task);
  return view;
}

export function applyEvent(view: RunView, event: Event, at: number): void {
  if (!isTaskEvent(event)) view.state = transitionRun(view.state, event, at);
  else applyTaskEvent(view, event, at);
}

function applyTaskEvent(view: RunView, event: TaskEvent, at: number): void {
  const { task } = event;
  const state = taskOf(view, task);
  dequeue(view, task);
  view.tasks[task] = transitionTask(state, event, at);
  if (event.type === 'task.completed')
    for (const dependant of view.dependants[task] ?? []) {
      view.waiting[dependant] = (view.waiting[dependant] ?? 0) - 1;
      if (taskOf(view, dependant).status === 'pending') enqueue(view, dependant);
    }
  enqueue(view, task);
}

/** The delay of a retry is over. */
export function due(view: RunView, task: number): void {
  view.delayed.delete(task);
  readySet(view, task).add(task);
}

export function taskOf(view: RunView, task: number): TaskState {
  const state = view.tasks[task];
  if (state === undefined) throw new Error(`Internal error: run ${view.id} has no task ${task}`);
  return state;
}

export function operationOf(view: RunView, task: number): Workflow['operations'][number] {
  const operation = view.workflow.operations[task];
  if (operation === undefined) throw new Error(`Internal error: run ${view.id} has no operation ${task}`);
  return operation;
}

/** Nothing runs, and nothing could: all is settled, or waits for a task whose outcome is unknown. */
export const isIdle = (view: RunView): boolean =>
  view.running.size === 0 && view.delayed.size === 0 && view.ready.every((set) => set.size === 0);

function enqueue(view: RunView, task: number): void {
  const state = taskOf(view, task);
  if (state.status === 'running') view.running.add(task);
  else if (state.status === 'pending') {
    if (state.notBefore > 0) view.delayed.set(task, state.notBefore);
    else if (view.waiting[task] === 0) readySet(view, task).add(task);
  } else if (state.status in view.counts) view.counts[state.status as keyof RunView['counts']]++;
}

function dequeue(view: RunView, task: number): void {
  view.running.delete(task);
  view.delayed.delete(task);
  readySet(view, task).delete(task);
}

function readySet(view: RunView, task: number): Set<number> {
  const set = view.ready[weightOf(operationOf(view, task).priority)];
  if (set === undefined) throw new Error('Internal error: a priority without a queue');
  return set;
}
