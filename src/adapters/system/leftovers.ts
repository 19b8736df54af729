import { lstatSync, readdirSync, rmSync } from 'node:fs';
import type { Leftovers } from '../../ports/leftovers.ts';
import type { Locks } from '../../ports/locks.ts';

interface Records extends Pick<Leftovers, 'finished' | 'forget' | 'close'> {
  taskIds(except: readonly string[]): ReadonlySet<string>;
  owners(): ReadonlySet<string>;
}

interface Places {
  /** One folder per task. */
  readonly tasks: string;
  /** One lock file per engine. */
  readonly owners: string;
  readonly lockOf: (owner: string) => string;
}

/** Nothing that others may have put there is taken for a task's or an engine's. */
const OURS = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LOCK = '.lock';

export function createLeftovers(records: Records, locks: Locks, { tasks, owners, lockOf }: Places): Leftovers {
  return {
    finished: () => records.finished(),
    forget: (ids) => records.forget(ids),
    folders(runs) {
      // In this order: a task is on record before its folder is made.
      const found = namesIn(tasks).filter((name) => OURS.test(name));
      const known = records.taskIds(runs);
      return found.filter((name) => !known.has(name)).map((name) => `${tasks}/${name}`);
    },
    sizeOf,
    remove: (folder) => {
      rmSync(folder, { recursive: true, force: true });
    },
    deadOwners() {
      const found = namesIn(owners).filter((name) => name.endsWith(LOCK));
      const named = records.owners();
      return found
        .map((name) => name.slice(0, -LOCK.length))
        .filter((owner) => OURS.test(owner) && !named.has(owner) && !locks.isHeld(lockOf(owner)));
    },
    removeLock: (owner) => locks.remove(lockOf(owner)),
    close: () => {
      records.close();
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** As `du` counts: a file with holes takes less than its length. */
function sizeOf(path: string): number {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  const own = status.blocks * BLOCK_BYTES;
  if (!status.isDirectory()) return own;
  return namesIn(path).reduce((sum, name) => sum + sizeOf(`${path}/${name}`), own);
}

const BLOCK_BYTES = 512;
