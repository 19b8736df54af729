import type { TaskStatus } from '../domain/task.ts';
import { record } from './turn.ts';
import type { Turn } from './turn.ts';
import { isSatisfied, operationOf, taskOf } from './view.ts';

/** What the end of a task means for those that depend on it. */
export function tellDependants(turn: Turn, settled: number): void {
  skipDependants(turn, settled);
  const { status } = turn.view.state;
  if (status === 'running' || status === 'paused') doAgain(turn, settled);
}

/** Skips what waits for another end of `settled`. Walks with its own stack: a chain may be very long. */
export function skipDependants(turn: Turn, settled: number): void {
  const { view } = turn;
  const open = [settled];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    const because = operationOf(view, task).id;
    for (const edge of view.dependants[task] ?? []) {
      if (isSatisfied(view, task, edge) !== false || taskOf(view, edge.task).status !== 'pending') continue;
      const wanted = edge.on === 'failure' ? edge.on : undefined;
      record(turn, { type: 'task.skipped', task: edge.task, because, wanted });
      open.push(edge.task);
    }
  }
}

/** After tasks were reset: some wait for ends that have come already, and otherwise. Nobody would look at them again. */
export function skipHopeless(turn: Turn): void {
  for (const task of turn.view.tasks.keys()) skipDependants(turn, task);
}

/**
 * What waits for a failure, or for any end, waits for each of them: what an earlier one let happen is done once more now,
 * with what follows from it. Only after a retry is there anything that was before what it depends on.
 */
function doAgain(turn: Turn, settled: number): void {
  const { view } = turn;
  const reason = `${operationOf(view, settled).id} has ended again`;
  const open = view.dependants[settled]?.filter(
    (edge) =>
      edge.kind === 'hard' &&
      edge.on !== 'success' &&
      isSatisfied(view, settled, edge) === true &&
      DONE.has(taskOf(view, edge.task).status),
  );
  if (open === undefined || open.length === 0) return;
  for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
    const { status } = taskOf(view, edge.task);
    if (edge.kind !== 'hard' || (status !== 'skipped' && !DONE.has(status))) continue;
    record(turn, { type: 'task.reset', task: edge.task, reason });
    open.push(...(view.dependants[edge.task] ?? []));
  }
  skipHopeless(turn);
}

const DONE: ReadonlySet<TaskStatus> = new Set(['completed', 'failed']);
