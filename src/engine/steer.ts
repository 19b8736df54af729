import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { endedAlready, isOutcome } from '../domain/run-outcome.ts';
import { amend, differences } from '../workflow/amend.ts';
import { retryTasks, unknownTask, whyNotPause, whyNotResume, whyStillPaused } from '../workflow/steer.ts';
import { takenBack } from '../workflow/taken-back.ts';
import type { Answer, Steered } from './engine.ts';
import type { RetryWish } from '../workflow/steer.ts';
import type { Hooks } from './interpret.ts';
import type { Loop } from './loop.ts';
import { own } from './owned.ts';
import type { Owned } from './owned.ts';
import { recoverRuns } from './recover.ts';
import type { World } from './world.ts';

export interface Parts {
  readonly world: World;
  readonly loop: Loop;
  readonly hooks: Hooks;
}

export function cancelRun(parts: Parts, id: string, reason: string): Result<Steered, Failure> {
  const { world, loop, hooks } = parts;
  const owned = loop.runs.get(id);
  if (owned === undefined) {
    const run = world.store.load(id);
    if (run === undefined) return err(noRun(id));
    const { status } = run.state;
    if (status === 'cancelled') return ok({ status, already: true });
    if (isOutcome(status)) return err(endedAlready(id, status));
    // It may have ended just now.
    if (!world.store.requestCancel(id, reason)) return cancelRun(parts, id, reason);
    return ok({ status: 'cancelling', already: false });
  }
  if (owned.view.state.status === 'cancelling') for (const task of owned.view.running) hooks.kill(owned, task);
  loop.post(id, { type: 'cancel', reason });
  return made(loop, owned);
}

export function pauseRun(parts: Parts, id: string, reason: string): Result<Steered, Failure> {
  const run = hold(parts, id);
  if (!run.ok) return run;
  const refused = whyNotPause(run.value.view);
  if (refused !== undefined) return letGo(parts, run.value, refused);
  if (run.value.view.state.status === 'paused') return asItWas(run.value);
  parts.loop.post(id, { type: 'pause', reason });
  return made(parts.loop, run.value);
}

export function resumeRun(parts: Parts, id: string): Result<Steered, Failure> {
  const run = hold(parts, id);
  if (!run.ok) return run;
  const { captured } = parts.world;
  const has = (variable: string): boolean => captured.value(id, variable) !== undefined;
  const refused = whyNotResume(run.value.view) ?? whyStillPaused(run.value.view, has);
  if (refused !== undefined) return letGo(parts, run.value, refused);
  if (run.value.view.state.status !== 'paused') return asItWas(run.value);
  parts.loop.post(id, { type: 'resume' });
  return made(parts.loop, run.value);
}

/** Asking again while the retry runs changes nothing. */
export function retryRun(parts: Parts, id: string, wish: RetryWish): Result<Steered, Failure> {
  const run = hold(parts, id);
  if (!run.ok) return run;
  const { status } = run.value.view.state;
  if (status === 'running' || status === 'queued') return asItWas(run.value);
  const { rollback } = run.value;
  if (rollback !== undefined) {
    const status = parts.world.store.load(rollback)?.state.status;
    return letGo(parts, run.value, takenBack(id, { id: rollback, status }));
  }
  const tasks = retryTasks(run.value.view, wish);
  if (!tasks.ok) return letGo(parts, run.value, tasks.error);
  const amended = amendRun(parts, run.value, wish);
  if (!amended.ok) return letGo(parts, run.value, amended.error);
  parts.loop.post(id, { type: 'redo', tasks: tasks.value, reason: 'retry', amended: amended.value.changes });
  return made(parts.loop, amended.value.run);
}

const SHOWN_CHANGES = 20;

/** A definition that was changed since is used only when that is wanted: what has been done was done by the other one. */
function amendRun(
  { world, loop }: Parts,
  run: Owned,
  { changed, acceptChanges, pools }: RetryWish,
): Result<{ run: Owned; changes: readonly string[] }, Failure> {
  const changes = changed === undefined ? [] : differences(run.view.workflow, changed);
  if (changed === undefined || changes.length === 0) return ok({ run, changes });
  if (acceptChanges !== true)
    return err(
      failure('conflict', `the workflow's file has been changed since run ${run.id} was submitted`, {
        report: changes.slice(0, SHOWN_CHANGES).join('\n'),
        hint: 'To go on with the file as it is now: --accept-changes.',
      }),
    );
  const workflow = amend(run.view.workflow, changed);
  if (!workflow.ok) return workflow;
  const stored = world.store.load(run.id);
  if (stored === undefined) return err(noRun(run.id));
  const { settings } = stored.submission;
  const known = { ...settings, pools: { ...settings.pools, ...pools } };
  const submission = { ...stored.submission, workflow: workflow.value, settings: known };
  world.store.amend(run.id, submission);
  loop.drop(run);
  const amended = own({ ...stored, submission });
  loop.take(amended);
  return ok({ run: amended, changes });
}

export function resolveTask(parts: Parts, id: string, answer: Answer): Result<Steered, Failure> {
  const run = hold(parts, id);
  if (!run.ok) return run;
  const task = unknownTask(run.value.view, answer.task);
  if (!task.ok) return letGo(parts, run.value, task.error);
  const { as, message, result } = answer;
  if (as === 'retry') parts.loop.post(id, { type: 'redo', tasks: [task.value], reason: 'resolved as retry' });
  else parts.loop.post(id, { type: 'resolve', task: task.value, as, message, result });
  return made(parts.loop, run.value);
}

/** The run in this engine's hands: because it is already, because it has ended, or because its owner is dead. */
function hold(parts: Parts, id: string): Result<Owned, Failure> {
  const { world, loop, hooks } = parts;
  const owned = loop.runs.get(id);
  if (owned !== undefined) return ok(owned);
  const stored = world.store.load(id);
  if (stored === undefined) return err(noRun(id));
  if (!isOutcome(stored.state.status)) recoverRuns(world, loop, hooks, (run) => run === id);
  else if (world.store.takeOver([stored], world.owner).length > 0) loop.take(own(stored));
  const taken = loop.runs.get(id);
  if (taken !== undefined) return ok(taken);
  return err(
    failure('conflict', `run ${id} is executed by another command`, {
      hint: 'Wait until that command ends, or cancel the run.',
    }),
  );
}

/** Nothing came of it: a run that has ended is nobody's again. */
function letGo<T>({ loop }: Parts, run: Owned, problem: Failure): Result<T, Failure> {
  if (isOutcome(run.view.state.status)) loop.drop(run);
  return err(problem);
}

/** What was asked is durable before it is answered. */
function made(loop: Loop, run: Owned): Result<Steered, Failure> {
  loop.flush();
  return ok({ status: run.view.state.status, already: false });
}

/** It stands already as was asked. */
const asItWas = ({ view }: Owned): Result<Steered, Failure> => ok({ status: view.state.status, already: true });

export const noRun = (id: string): Failure =>
  failure('not_found', `there is no run ${JSON.stringify(id.slice(0, 80))}`, {
    hint: 'See: provisioning workflow list.',
  });
