import { attemptFolder, ownerLock, taskFolder } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Reads } from '../ports/reads.ts';

/** Reading the store of this machine. `slots` is asked each time: an orchestrator's may change while it runs. */
export async function openReads(paths: Paths, slots: () => number): Promise<Reads> {
  const [{ createReads }, { readOutput }, { createLocks }, { operationNeeds }, { lacksRoom }, { claimOf }] =
    await Promise.all([
      import('../adapters/sqlite/reads.ts'),
      import('../adapters/process/output.ts'),
      import('../adapters/system/locks.ts'),
      import('../engine/claims.ts'),
      import('../adapters/system/room.ts'),
      import('../adapters/process/trace.ts'),
    ]);
  const locks = createLocks();
  return createReads({
    file: paths.store,
    isAlive: (owner) => locks.isHeld(ownerLock(paths, owner)),
    readOutput: (taskId, attempt, place) => readOutput(taskFolder(paths, taskId), attempt, place),
    waits: {
      get slots() {
        return slots();
      },
      needsOf: operationNeeds,
      pidOf: (taskId, attempt) => claimOf(attemptFolder(paths, taskId, attempt))?.pid,
      fullDisk: () => (lacksRoom(paths.reserve) ? paths.dataDir : undefined),
    },
  });
}
