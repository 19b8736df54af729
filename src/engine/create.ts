import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { Engine } from './engine.ts';
import { createHooks } from './interpret.ts';
import { Loop } from './loop.ts';
import type { Json } from '../domain/json.ts';
import { attemptOf } from './owned.ts';
import { Nested } from './nested.ts';
import { recoverRuns, tend } from './recover.ts';
import { rollbackIfWanted, rollbackRun } from './rollback.ts';
import { submit } from './submit.ts';
import { cancelRun, pauseRun, resolveTask, resumeRun, retryRun } from './steer.ts';
import type { World } from './world.ts';

/** How long a task has between TERM and KILL. */
const GRACE_MS = 10_000;

/** A run that another engine executes is looked at this often by whoever waits for it here. */
const LOOK_AGAIN_MS = 250;

export function createEngine(world: World): Engine {
  const grace = new Map<string, number>();
  const hooks = createHooks(world, {
    graceOf: (run) => grace.get(run) ?? GRACE_MS,
    post: (run, input) => loop.post(run, input),
    settling: (run) => {
      rollbackIfWanted(parts, run);
    },
    heldBy: (run) => tend(world, loop, hooks, run),
    stopping(run, task) {
      const hurry = grace.get(run.id);
      nested.stopChildren(run, task, (child) => {
        if (hurry !== undefined) grace.set(child, hurry);
      });
    },
    stopped: (run) => nested.stopped(run),
  });
  const loop = new Loop(world, hooks);
  const nested = new Nested(world, loop, hooks);
  const parts = { world, loop, hooks };
  return {
    submit(submission, handed) {
      const refused = world.refusal?.();
      return refused === undefined ? submit({ world, loop }, submission, handed) : err(refused);
    },
    cancel(id, reason, graceMs) {
      if (graceMs !== undefined) grace.set(id, graceMs);
      return cancelRun(parts, id, reason);
    },
    pause: (id, reason) => pauseRun(parts, id, reason),
    resume(id, handed) {
      if (handed !== undefined) world.captured.put(id, handed);
      return resumeRun(parts, id);
    },
    retry: (id, wish) => retryRun(parts, id, wish),
    resolve: (id, answer) => resolveTask(parts, id, answer),
    rollback: (id, wish) => rollbackRun(parts, id, wish),
    progress: (taskId, report) => progress(loop, nested.find(taskId), report),
    checkpoint: (taskId, checkpoint) => saveCheckpoint(world, nested.find(taskId), checkpoint),
    ended: (id) => ended(world, loop, id),
    settled: (id) => settled(world, loop, id),
    wait: (taskId, child, signal) => nested.wait(taskId, child, signal),
    heed: () => nested.heed(),
    recover: () => nested.recovered(recoverRuns(world, loop, hooks, () => true)),
    recoverRun: (id) => nested.recovered(recoverRuns(world, loop, hooks, (run) => run === id)) > 0,
    stats: () => statsOf(loop),
    async stop() {
      loop.stop();
      nested.stop();
      await world.connections?.closed();
    },
  };
}

function progress(
  loop: Loop,
  found: ReturnType<Nested['find']>,
  report: Parameters<Engine['progress']>[1],
): ReturnType<Engine['progress']> {
  if (found === undefined) return err(NOT_HERE);
  const { fence } = attemptOf(found.run, found.task);
  loop.post(found.run.id, { type: 'progressed', task: found.task, fence, ...report });
  return ok(null);
}

async function saveCheckpoint(
  { executor }: World,
  found: ReturnType<Nested['find']>,
  checkpoint: Json,
): ReturnType<Engine['checkpoint']> {
  if (found === undefined) return err(NOT_HERE);
  await executor.checkpoint(attemptOf(found.run, found.task), checkpoint);
  return ok(null);
}

const NOT_HERE = failure('not_found', 'no such task runs here', { hint: 'See: provisioning workflow list.' });

function statsOf({ runs }: Loop): ReturnType<Engine['stats']> {
  let queued = 0;
  let running = 0;
  let open = 0;
  for (const { view } of runs.values()) {
    running += view.running.size;
    if (view.state.status === 'paused') continue;
    open++;
    queued += view.delayed.size + view.ready.reduce((sum, set) => sum + set.size, 0);
  }
  return { queued, running_tasks: running, open_runs: open };
}

async function settled(world: World, loop: Loop, id: string): Promise<RunOutcome> {
  const owned = loop.runs.get(id);
  const outcome = await ended(world, loop, id);
  if (owned?.rollback !== undefined) await settled(world, loop, owned.rollback);
  return outcome;
}

async function ended(world: World, loop: Loop, id: string): Promise<RunOutcome> {
  const owned = loop.runs.get(id);
  if (owned !== undefined) {
    const outcome = await owned.settled.promise;
    for (const child of owned.stopped) if (loop.runs.has(child)) await settled(world, loop, child);
    return outcome;
  }
  for (;;) {
    const state = world.store.load(id)?.state;
    if (state === undefined) throw new Error(`Internal error: nobody submitted run ${id}`);
    if (isOutcome(state.status)) return state.status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
