import { isTaskEvent } from '../domain/event.ts';
import type { Event, TaskEvent } from '../domain/event.ts';
import { weightOf } from '../domain/priority.ts';
import { transitionRun } from '../domain/run.ts';
import type { RunState } from '../domain/run.ts';
import { transitionTask } from '../domain/task.ts';
import type { TaskState } from '../domain/task.ts';
import { dependencyOf, isEndWanted } from '../domain/workflow.ts';
import type { Dependency, Workflow } from '../domain/workflow.ts';

/**
 * A run, indexed so that an event touches its task and that task's dependants, never the whole run.
 * `applyEvent` is its only writer; everybody else reads.
 */
export interface RunView {
  readonly id: string;
  readonly workflow: Workflow;
  state: RunState;
  readonly tasks: TaskState[];
  readonly dependants: readonly (readonly Dependant[])[];
  /** Per task: dependencies that have not ended as they should, or not at all. */
  readonly waiting: number[];
  /** Pending tasks that wait for nothing but a slot, by priority weight, oldest first. */
  readonly ready: readonly Set<number>[];
  /** Pending tasks that wait for the time of their retry. */
  readonly delayed: Map<number, number>;
  readonly running: Set<number>;
  readonly counts: { cancelled: number; failed: number; unknown: number };
}

/** An edge of the graph, seen from what is depended on. */
export interface Dependant extends Pick<Dependency, 'kind' | 'on'> {
  readonly task: number;
}

export interface RunParts {
  readonly id: string;
  readonly workflow: Workflow;
  readonly state: RunState;
  readonly tasks: readonly TaskState[];
}

export function createView(parts: RunParts): RunView {
  const { operations } = parts.workflow;
  const view: RunView = {
    id: parts.id,
    workflow: parts.workflow,
    state: parts.state,
    tasks: [...parts.tasks],
    dependants: dependantsOf(parts.workflow),
    waiting: operations.map((operation) => operation.dependencies.length),
    ready: [new Set<number>(), new Set<number>(), new Set<number>()],
    delayed: new Map(),
    running: new Set(),
    counts: { cancelled: 0, failed: 0, unknown: 0 },
  };
  for (const task of parts.tasks.keys()) enter(view, task);
  return view;
}

function dependantsOf({ operations }: Workflow): Dependant[][] {
  const index = new Map(operations.map((operation, task) => [operation.id, task]));
  const dependants: Dependant[][] = operations.map(() => []);
  for (const [task, operation] of operations.entries())
    for (const said of operation.dependencies) {
      const { id, kind, on } = dependencyOf(said);
      const dependency = index.get(id);
      if (dependency === undefined) throw new Error(`Internal error: unknown dependency ${id}`);
      dependants[dependency]?.push({ task, kind, on });
    }
  return dependants;
}

export function applyEvent(view: RunView, event: Event, at: number): void {
  if (isTaskEvent(event)) applyTaskEvent(view, event, at);
  else view.state = transitionRun(view.state, event, at);
}

function applyTaskEvent(view: RunView, event: TaskEvent, at: number): void {
  const { task } = event;
  const state = taskOf(view, task);
  const next = transitionTask(state, event, at);
  leave(view, task);
  view.tasks[task] = next;
  enter(view, task);
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

/** Whether the end of `task` is what the edge asks for; `undefined` while it has not ended, or nobody knows how. */
export function isSatisfied(view: RunView, task: number, edge: Dependant): boolean | undefined {
  const { status } = taskOf(view, task);
  if (status === 'pending' || status === 'running' || status === 'unknown') return undefined;
  return isEndWanted(edge, status, operationOf(view, task).on_failure);
}

/** Puts a task where its state belongs, and tells its dependants. */
function enter(view: RunView, task: number): void {
  const state = taskOf(view, task);
  if (state.status === 'running') view.running.add(task);
  else if (state.status === 'pending') {
    if (state.notBefore > 0) view.delayed.set(task, state.notBefore);
    else if (view.waiting[task] === 0) readySet(view, task).add(task);
  } else {
    count(view, state, 1);
    release(view, task);
  }
}

function release(view: RunView, task: number): void {
  for (const edge of view.dependants[task] ?? []) {
    if (isSatisfied(view, task, edge) !== true) continue;
    const left = (view.waiting[edge.task] ?? 0) - 1;
    view.waiting[edge.task] = left;
    const state = taskOf(view, edge.task);
    if (left === 0 && state.status === 'pending' && state.notBefore === 0) readySet(view, edge.task).add(edge.task);
  }
}

/** Takes back all that `enter` did. */
function leave(view: RunView, task: number): void {
  const state = taskOf(view, task);
  view.running.delete(task);
  view.delayed.delete(task);
  readySet(view, task).delete(task);
  count(view, state, -1);
  for (const edge of view.dependants[task] ?? [])
    if (isSatisfied(view, task, edge) === true) {
      view.waiting[edge.task] = (view.waiting[edge.task] ?? 0) + 1;
      readySet(view, edge.task).delete(edge.task);
    }
}

function count(view: RunView, { status }: TaskState, by: 1 | -1): void {
  if (status === 'cancelled' || status === 'failed' || status === 'unknown') view.counts[status] += by;
}

function readySet(view: RunView, task: number): Set<number> {
  const set = view.ready[weightOf(operationOf(view, task).priority)];
  if (set === undefined) throw new Error('Internal error: a priority without a queue');
  return set;
}
