import type { Pause } from '../domain/pause.ts';
import type { Failure } from '../domain/failure.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import { drawOf, retryDelay } from '../domain/retry.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import { waitsOf } from '../domain/task.ts';
import { unexpected } from '../domain/unexpected.ts';
import { skipDependants, skipHopeless, tellDependants } from './dependants.ts';
import type { Advanced, Input } from './input.ts';
import { record } from './turn.ts';
import type { Turn } from './turn.ts';
import { isIdle, operationOf, taskOf } from './view.ts';
import type { RunView } from './view.ts';

/**
 * Decides what an input means for a run and folds the decision into `view`. The events are all that has to be made
 * durable: replaying them gives the same view. An input about an attempt that is no longer current changes nothing.
 */
export function advance(view: RunView, input: Input, now: number): Advanced {
  const turn: Turn = { view, now, events: [], effects: [], resources: [] };
  const reopens = input.type === 'redo' || input.type === 'resolve';
  if (reopens || !isOutcome(view.state.status)) {
    take(turn, input);
    finishIfIdle(turn);
  }
  return turn;
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
    case 'expire':
      if (turn.view.state.status === 'running') cancel(turn, input.failure.message, input.failure);
      return;
    case 'pause':
      return pause(turn, input);
    case 'resume':
      if (turn.view.state.status === 'paused') record(turn, { type: 'run.resumed' });
      return;
    case 'redo':
      return redo(turn, input);
    case 'resolve':
      return resolve(turn, input);
    case 'progressed': {
      const { task, progress, message } = input;
      if (isCurrent(turn.view, task, input.fence)) record(turn, { type: 'task.progress', task, progress, message });
      return;
    }
    case 'wait':
    case 'waited':
      return waitFor(turn, input);
    case 'ended':
      if (isCurrent(turn.view, input.task, input.fence)) settle(turn, input.task, input.outcome);
      return;
    default:
      return unexpected(input);
  }
}

/** One that is to end waits for nothing: whom it would wait for ends too. */
function waitFor(turn: Turn, { type, task, child }: Input & { type: 'wait' | 'waited' }): void {
  const state = taskOf(turn.view, task);
  if (state.status !== 'running') return;
  const waits = waitsOf(state);
  if (type === 'wait') {
    if (turn.view.state.status !== 'cancelling' && !waits.includes(child))
      record(turn, { type: 'task.waiting', task, child });
  } else if (waits.includes(child)) {
    if (waits.length > 1) record(turn, { type: 'task.resumed', task, child });
    else turn.effects.push({ type: 'return', task, child });
  }
}

function cancel(turn: Turn, reason: string, failure?: Failure): void {
  const { view } = turn;
  if (view.state.status === 'cancelling') return;
  record(turn, { type: 'run.cancelling', reason, failure });
  for (const [task, state] of view.tasks.entries()) {
    if (state.status === 'pending') record(turn, { type: 'task.cancelled', task });
    if (state.status === 'running') turn.effects.push({ type: 'kill', task });
  }
}

function pause(turn: Turn, { reason, wants }: Pause): void {
  const { status } = turn.view.state;
  if (status === 'queued' || status === 'running') record(turn, { type: 'run.paused', reason, wants });
}

function redo(turn: Turn, { tasks, reason, amended = [] }: Input & { type: 'redo' }): void {
  reopen(turn, reason);
  if (amended.length > 0) record(turn, { type: 'run.amended', changes: amended });
  for (const task of tasks) {
    const { status } = taskOf(turn.view, task);
    if (status !== 'pending' && status !== 'running') record(turn, { type: 'task.reset', task, reason });
  }
  skipHopeless(turn);
}

function resolve(turn: Turn, input: Input & { type: 'resolve' }): void {
  const { task, as, message, result } = input;
  if (taskOf(turn.view, task).status !== 'unknown') return;
  reopen(turn, `a person said how ${operationOf(turn.view, task).id} ended`);
  record(turn, { type: 'task.resolved', task, as, message, result });
  tellDependants(turn, task);
}

function reopen(turn: Turn, reason: string): void {
  if (isOutcome(turn.view.state.status)) record(turn, { type: 'run.reopened', reason });
}

function settle(turn: Turn, task: number, outcome: AttemptOutcome): void {
  const attempt = taskOf(turn.view, task).attempts;
  if ('resources' in outcome) turn.resources.push({ task, changes: outcome.resources });
  switch (outcome.kind) {
    case 'completed':
      record(turn, {
        type: 'task.completed',
        task,
        attempt,
        message: outcome.message,
        result: outcome.result,
        ...endOf(turn, task, outcome),
      });
      return tellDependants(turn, task);
    case 'failed':
      return fail(turn, task, outcome);
    case 'cancelled':
      record(turn, { type: 'task.cancelled', task });
      return skipDependants(turn, task);
    case 'redo':
      return again(turn, task, outcome.failure);
    case 'revoked':
      record(turn, { type: 'task.requeued', task, attempt, reason: outcome.reason });
      if (turn.view.state.status === 'cancelling') record(turn, { type: 'task.cancelled', task });
      return outcome.pause === undefined ? undefined : pause(turn, { reason: outcome.reason, ...outcome.pause });
    case 'lost':
      return record(turn, { type: 'task.unknown', task, attempt, failure: outcome.failure });
    default:
      return unexpected(outcome);
  }
}

/** However harmless, what vanishes each time is not tried for ever. */
const REDO_LIMIT = 10;

function again(turn: Turn, task: number, failure: Failure): void {
  const { attempt, tries } = triesOf(turn.view, task);
  if (turn.view.state.status === 'cancelling') record(turn, { type: 'task.cancelled', task });
  else if (tries >= REDO_LIMIT) record(turn, { type: 'task.unknown', task, attempt, failure });
  else record(turn, { type: 'task.retrying', task, attempt, failure, not_before: turn.now });
}

/** `attempt`: of all there were. `tries`: since a person last asked, which is what a retry policy counts. */
function triesOf(view: RunView, task: number): { attempt: number; tries: number } {
  const state = taskOf(view, task);
  const before = state.status === 'running' ? (state.attemptsBefore ?? 0) : 0;
  return { attempt: state.attempts, tries: state.attempts - before };
}

function fail(turn: Turn, task: number, outcome: AttemptOutcome & { kind: 'failed' }): void {
  const { failure } = outcome;
  const end = endOf(turn, task, outcome);
  const { attempt, tries } = triesOf(turn.view, task);
  const state = taskOf(turn.view, task);
  const draw = drawOf(state.status === 'running' ? state.fence : '');
  const failed = { attempt: tries, exitCode: outcome.exitCode, kinds: [failure.code, failure.reason], draw };
  const delay = retryDelay(operationOf(turn.view, task).retry, failed);
  const { status } = turn.view.state;
  if (delay !== undefined && (status === 'running' || status === 'paused'))
    return record(turn, { type: 'task.retrying', task, attempt, failure, not_before: turn.now + delay, ...end });
  record(turn, { type: 'task.failed', task, attempt, failure, ...end });
  tellDependants(turn, task);
}

/** A time that was found on disk is believed as far as it is possible: other programs, and other clocks, may have set it. */
function endOf(
  { view, now }: Turn,
  task: number,
  { endedAt }: { endedAt?: number | undefined },
): { ended_at?: number } {
  const state = taskOf(view, task);
  if (endedAt === undefined || state.status !== 'running') return {};
  const ended = Math.max(state.attemptStartedAt, Math.floor(endedAt));
  return ended < now ? { ended_at: ended } : {};
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
