import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { Engine } from './engine.ts';
import { createHooks } from './interpret.ts';
import { Loop } from './loop.ts';
import type { Owned } from './owned.ts';
import { recoverRuns, tend } from './recover.ts';
import { rollbackIfWanted, rollbackRun } from './rollback.ts';
import { submit } from './submit.ts';
import { cancelRun, pauseRun, resolveTask, resumeRun, retryRun } from './steer.ts';
import type { World } from './world.ts';

/** How long a task has between TERM and KILL. */
export const GRACE_MS = 10_000;

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
  });
  const loop = new Loop(world, hooks);
  const parts = { world, loop, hooks };
  const byTask = (taskId: string): { run: Owned; task: number } | undefined => {
    for (const run of loop.runs.values())
      for (const task of run.view.running) if (run.taskIds[task] === taskId) return { run, task };
    return undefined;
  };
  return {
    submit: (submission, handed) => submit({ world, loop }, submission, handed),
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
    progress(taskId, report) {
      const found = byTask(taskId);
      const state = found?.run.view.tasks[found.task];
      if (found === undefined || state?.status !== 'running')
        return err(failure('not_found', `no running task ${JSON.stringify(taskId.slice(0, 80))} here`));
      loop.post(found.run.id, { type: 'progressed', task: found.task, fence: state.fence, ...report });
      return ok(null);
    },
    settled: (id) => settled(world, loop, id),
    recover: () => recoverRuns(world, loop, hooks, () => true),
    recoverRun: (id) => recoverRuns(world, loop, hooks, (run) => run === id) > 0,
    stats() {
      let queued = 0;
      let running = 0;
      let open = 0;
      for (const { view } of loop.runs.values()) {
        running += view.running.size;
        if (view.state.status === 'paused') continue;
        open++;
        queued += view.delayed.size + view.ready.reduce((sum, set) => sum + set.size, 0);
      }
      return { queued, running_tasks: running, open_runs: open };
    },
    async stop() {
      loop.stop();
      await world.connections?.closed();
    },
  };
}

async function settled(world: World, loop: Loop, id: string): Promise<RunOutcome> {
  const owned = loop.runs.get(id);
  if (owned !== undefined) {
    const outcome = await owned.settled.promise;
    if (owned.rollback !== undefined) await settled(world, loop, owned.rollback);
    return outcome;
  }
  for (;;) {
    const state = world.store.load(id)?.state;
    if (state === undefined) throw new Error(`Internal error: nobody submitted run ${id}`);
    if (isOutcome(state.status)) return state.status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
