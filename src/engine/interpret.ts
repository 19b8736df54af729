import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Report } from '../ports/runner.ts';
import type { Input } from '../workflow/input.ts';
import { taskOf } from '../workflow/view.ts';
import type { LoopHooks } from './loop.ts';
import { attemptOf, timeoutOf } from './owned.ts';
import type { Owned } from './owned.ts';
import type { World } from './world.ts';

export interface Hooks extends LoopHooks {
  /** Takes up an attempt that another engine started. */
  adopt(run: Owned, task: number): void;
}

/** Carries out what the loop has made durable, and tells it what came of it. */
export function createHooks(
  world: World,
  loop: {
    readonly graceOf: (run: string) => number;
    readonly post: (run: string, input: Input) => void;
    readonly settling: (run: Owned) => void;
    readonly heldBy: (run: string) => void;
    /** The task is about to be stopped; it was, and has ended. */
    readonly stopping: (run: Owned, task: number) => void;
    readonly stopped: (run: Owned) => void;
  },
): Hooks {
  const { executor, store } = world;
  const begin = (
    run: Owned,
    task: number,
    execute: (onReport: (report: Report) => void) => Promise<AttemptOutcome>,
  ) => {
    const { fence } = attemptOf(run, task);
    setDeadline(run, task);
    const attended = async (): Promise<void> => {
      const outcome = await execute((report) => loop.post(run.id, { type: 'progressed', task, fence, ...report }));
      world.failpoint?.('exit-seen');
      loop.stopped(run);
      loop.post(run.id, { type: 'ended', task, fence, outcome });
    };
    attended().catch(world.onFatal);
  };
  const inventoryOf = ({ submission: { workspace, workflow } }: Owned) =>
    store.resources({ workspace, infra: workflow.infra });
  return {
    start(run, task) {
      begin(run, task, (onReport) => executor.start(attemptOf(run, task), inventoryOf(run), onReport));
    },
    adopt(run, task) {
      begin(run, task, (onReport) => executor.adopt(attemptOf(run, task), inventoryOf(run), onReport));
    },
    kill(run, task) {
      loop.stopping(run, task);
      executor.kill(attemptOf(run, task), 'cancelled', loop.graceOf(run.id));
    },
    expire(run, task) {
      const timedOutAfterSeconds = timeoutOf(run, task);
      loop.stopping(run, task);
      executor.kill(attemptOf(run, task), { timedOutAfterSeconds }, loop.graceOf(run.id));
    },
    settling: (run) => loop.settling(run),
    heldBy: (run) => loop.heldBy(run),
  };
}

function setDeadline(run: Owned, task: number): void {
  const state = taskOf(run.view, task);
  const seconds = timeoutOf(run, task);
  if (state.status === 'running' && seconds > 0) run.deadlines.set(task, state.attemptStartedAt + seconds * 1000);
}
