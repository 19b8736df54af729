import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { Submission } from '../domain/submission.ts';
import { NEW_TASK } from '../domain/task.ts';
import { canonical } from '../workflow/compare.ts';
import type { Engine } from './engine.ts';
import { createHooks } from './interpret.ts';
import { Loop } from './loop.ts';
import { own } from './owned.ts';
import type { Owned } from './owned.ts';
import { recoverRuns } from './recover.ts';
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
  });
  const loop = new Loop(world, hooks);
  const byTask = (taskId: string): { run: Owned; task: number } | undefined => {
    for (const run of loop.runs.values())
      for (const task of run.view.running) if (run.taskIds[task] === taskId) return { run, task };
    return undefined;
  };
  return {
    submit: (submission) => submit(world, loop, submission),
    cancel(id, reason, graceMs) {
      if (graceMs !== undefined) grace.set(id, graceMs);
      return cancel({ world, loop, hooks }, id, reason);
    },
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
      for (const { view } of loop.runs.values()) {
        running += view.running.size;
        queued += view.delayed.size + view.ready.reduce((sum, set) => sum + set.size, 0);
      }
      return { queued, running_tasks: running, open_runs: loop.runs.size };
    },
    stop() {
      loop.stop();
      return Promise.resolve();
    },
  };
}

function submit(world: World, loop: Loop, submission: Submission): ReturnType<Engine['submit']> {
  const { operations } = submission.workflow;
  const id = world.ids.next();
  const at = world.clock.now();
  const taskIds = operations.map(() => world.ids.next());
  const bodyHash = world.hash(canonical({ workflow: submission.workflow, workspace: submission.workspace }));
  const accepted = world.store.accept({ id, owner: world.owner, bodyHash, submission, taskIds, at });
  if (!accepted.ok || !accepted.value.created) return accepted;
  const tasks = taskIds.map((taskId) => ({ taskId, state: NEW_TASK }));
  loop.runs.set(id, own({ id, submission, state: { status: 'queued' }, createdAt: at, tasks, cancelRequested: null }));
  loop.post(id, { type: 'start' });
  return accepted;
}

interface Parts {
  readonly world: World;
  readonly loop: Loop;
  readonly hooks: ReturnType<typeof createHooks>;
}

function cancel(parts: Parts, id: string, reason: string): ReturnType<Engine['cancel']> {
  const { world, loop, hooks } = parts;
  const owned = loop.runs.get(id);
  if (owned === undefined) {
    const run = world.store.load(id);
    if (run === undefined) return err(failure('not_found', `there is no run ${JSON.stringify(id.slice(0, 80))}`));
    if (isOutcome(run.state.status))
      return err(failure('conflict', `run ${id} has ended already: ${run.state.status}`));
    world.store.requestCancel(id, reason);
  } else {
    if (owned.view.state.status === 'cancelling') for (const task of owned.view.running) hooks.kill(owned, task);
    loop.post(id, { type: 'cancel', reason });
  }
  return ok({ status: 'cancelling' });
}

async function settled(world: World, loop: Loop, id: string): Promise<RunOutcome> {
  const owned = loop.runs.get(id);
  if (owned !== undefined) return owned.settled.promise;
  for (;;) {
    const state = world.store.load(id)?.state;
    if (state === undefined) throw new Error(`Internal error: nobody submitted run ${id}`);
    if (isOutcome(state.status)) return state.status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
