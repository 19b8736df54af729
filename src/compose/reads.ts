import { ownerLock, taskFolder } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Reads } from '../ports/reads.ts';

/** Reading the store of this machine. `slots` is asked each time: an orchestrator's may change while it runs. */
export async function openReads(paths: Paths, slots: () => number): Promise<Reads> {
  const [{ createReads }, { readOutput }, { createLocks }, { operationNeeds }, { lacksRoom }] = await Promise.all([
    import('../adapters/sqlite/reads.ts'),
    import('../adapters/process/output.ts'),
    import('../adapters/system/locks.ts'),
    import('../engine/claims.ts'),
    import('../adapters/system/room.ts'),
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
      fullDisk: () => (lacksRoom(paths.reserve) ? paths.dataDir : undefined),
    },
  });
}
