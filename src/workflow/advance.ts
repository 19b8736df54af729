import type { Event, TaskEvent } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { ResourceChange } from '../domain/resource.ts';
import { retryDelay } from '../domain/retry.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import { unexpected } from '../domain/unexpected.ts';
import { applyEvent, isIdle, operationOf, taskOf } from './view.ts';
import type { RunView } from './view.ts';

/** What the world tells a run. */
export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'adopt' }
  | { readonly type: 'cancel'; readonly reason: string }
  | {
      readonly type: 'progressed';
      readonly task: number;
      readonly fence: string;
      readonly progress: number | null;
      readonly message: string | null;
    }
  | { readonly type: 'ended'; readonly task: number; readonly fence: string; readonly outcome: AttemptOutcome };

/** What the world is asked to do once the events are durable. */
export type Effect =
  { readonly type: 'kill'; readonly task: number } | { readonly type: 'settled'; readonly outcome: RunOutcome };

export interface Advanced {
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
  /** Inventory changes that the settlement of a task brings. */
  readonly resources: readonly { readonly task: number; readonly changes: readonly ResourceChange[] }[];
}

/**
 * Decides what an input means for a run and folds the decision into `view`. The events are all that has to be made
 * durable: replaying them gives the same view. An input about an attempt that is no longer current changes nothing.
 */
export function advance(view: RunView, input: Input, now: number): Advanced {
  const turn: Turn = { view, now, events: [], effects: [], resources: [] };
  if (!isOutcome(view.state.status)) {
    take(turn, input);
    finishIfIdle(turn);
  }
  return turn;
}

interface Turn {
  readonly view: RunView;
  readonly now: number;
  readonly events: Event[];
  readonly effects: Effect[];
  readonly resources: { task: number; changes: readonly ResourceChange[] }[];
}

function take(turn: Turn, input: Input): void {
  switch (input.type) {
    case 'start':
      if (turn.view.state.status === 'queued') record(turn, { type: 'run.started' });
      return;
    case 'adopt':
      return record(turn, { type: 'run.adopted' });
    case 'cancel':
      return cancel(turn, input.reason);
    case 'progressed': {
      const { task, progress, message } = input;
      if (isCurrent(turn.view, task, input.fence)) record(turn, { type: 'task.progress', task, progress, message });
      return;
    }
    case 'ended':
      if (isCurrent(turn.view, input.task, input.fence)) settle(turn, input.task, input.outcome);
      return;
    default:
      return unexpected(input);
  }
}

function cancel(turn: Turn, reason: string): void {
  const { view } = turn;
  if (view.state.status === 'cancelling') return;
  record(turn, { type: 'run.cancelling', reason });
  for (const [task, state] of view.tasks.entries()) {
    if (state.status === 'pending') record(turn, { type: 'task.cancelled', task });
    if (state.status === 'running') turn.effects.push({ type: 'kill', task });
  }
}

function settle(turn: Turn, task: number, outcome: AttemptOutcome): void {
  const attempt = taskOf(turn.view, task).attempts;
  switch (outcome.kind) {
    case 'completed':
      record(turn, { type: 'task.completed', task, attempt, message: outcome.message, result: outcome.result });
      turn.resources.push({ task, changes: outcome.resources });
      return;
    case 'failed':
      return fail(turn, task, outcome);
    case 'cancelled':
      return record(turn, { type: 'task.cancelled', task });
    case 'revoked':
      record(turn, { type: 'task.requeued', task, attempt, reason: outcome.reason });
      if (turn.view.state.status === 'cancelling') record(turn, { type: 'task.cancelled', task });
      return;
    case 'lost':
      return record(turn, { type: 'task.unknown', task, attempt, failure: outcome.failure });
    default:
      return unexpected(outcome);
  }
}

function fail(turn: Turn, task: number, outcome: { failure: Failure; exitCode: number | undefined }): void {
  const { failure } = outcome;
  const attempt = taskOf(turn.view, task).attempts;
  const delay = retryDelay(operationOf(turn.view, task).retry, attempt, outcome.exitCode);
  if (delay !== undefined && turn.view.state.status === 'running')
    return record(turn, { type: 'task.retrying', task, attempt, failure, not_before: turn.now + delay });
  record(turn, { type: 'task.failed', task, attempt, failure });
  skipDependants(turn, task);
}

/** Walks with its own stack: a chain may be a hundred thousand tasks long. */
function skipDependants(turn: Turn, failed: number): void {
  const open = [failed];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    const because = operationOf(turn.view, task).id;
    for (const dependant of turn.view.dependants[task] ?? []) {
      if (taskOf(turn.view, dependant).status !== 'pending') continue;
      record(turn, { type: 'task.skipped', task: dependant, because });
      open.push(dependant);
    }
  }
}

function finishIfIdle(turn: Turn): void {
  const { view } = turn;
  if (view.state.status === 'queued' || !isIdle(view)) return;
  const { counts } = view;
  const outcome: RunOutcome =
    counts.unknown > 0 ? 'unknown' : counts.failed > 0 ? 'failed' : counts.cancelled > 0 ? 'cancelled' : 'completed';
  record(turn, { type: 'run.finished', outcome });
  turn.effects.push({ type: 'settled', outcome });
}

function isCurrent(view: RunView, task: number, fence: string): boolean {
  const state = taskOf(view, task);
  return state.status === 'running' && state.fence === fence;
}

function record(turn: Turn, event: Event | TaskEvent): void {
  turn.events.push(event);
  applyEvent(turn.view, event, turn.now);
}
