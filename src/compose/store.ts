import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Restored } from '../api/restored.ts';
import { ownerLock } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import { DamagedStore, damagedStore, isDamaged } from '../domain/damaged.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { operationNeeds } from '../engine/claims.ts';
import type { Ids } from '../ports/ids.ts';
import type { Locks } from '../ports/locks.ts';
import type { Store } from '../ports/store.ts';

export interface StoreParts {
  readonly paths: Paths;
  readonly locks: Locks;
  readonly ids: Ids;
}

export interface OpenStore {
  readonly store: Store;
  /** The name of an engine of this process, which holds the lock of that name until `close`. */
  readonly owner: string;
  /** It was restored, and waits for a person. */
  readonly restored: Restored | undefined;
  readonly close: () => void;
}

/** Opens the store. One that is damaged is restored from its newest backup first, if nobody else works with it. */
export async function openStore(parts: StoreParts): Promise<Result<OpenStore, Failure>> {
  const { paths, locks, ids } = parts;
  const { prepareDataDir } = await import('../adapters/sqlite/data-dir.ts');
  const refused = prepareDataDir(paths.dataDir);
  if (refused !== undefined) return err(refused);
  const owner = ids.next();
  // Before the store is opened: who exchanges it looks at these locks.
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error(`Internal error: the lock of the new engine ${owner} is taken`);
  let opened: Awaited<ReturnType<typeof openOrMend>> | undefined;
  try {
    opened = await openOrMend({ ...parts, owner });
  } finally {
    if (opened?.ok !== true) lock.release();
  }
  if (!opened.ok) return opened;
  const { store, restored } = opened.value;
  const close = (): void => {
    store.close();
    lock.release();
  };
  return ok({ store, restored, owner, close });
}

interface Engine extends StoreParts {
  readonly owner: string;
}

type Opened = Result<Pick<OpenStore, 'store' | 'restored'>, Failure>;

async function openOrMend(engine: Engine): Promise<Opened> {
  const { paths, locks } = engine;
  const [{ createStore }, { readHold }] = await Promise.all([
    import('../adapters/sqlite/store.ts'),
    import('../adapters/sqlite/hold.ts'),
  ]);
  while (locks.isHeld(paths.mendingLock)) await pause(LOOK_AGAIN_MS);
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const open = (): Opened => {
    const store = createStore({ ...placeOf(paths), isAlive });
    return store.ok ? ok({ store: store.value, restored: readHold(paths.restored) }) : store;
  };
  try {
    const hold = readHold(paths.restored);
    if (hold?.done === false) throw new DamagedStore(hold.reason);
    return open();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const mended = await mendStore(engine, error instanceof Error ? error.message : String(error));
    return mended.ok ? open() : mended;
  }
}

const LOOK_AGAIN_MS = 50;

export const placeOf = (paths: Paths) => ({ ...paths, file: paths.store });

async function mendStore({ paths, locks, ids, owner }: Engine, reason: string): Promise<Result<Restored, Failure>> {
  const [{ mend }, { attemptsOnDisk }] = await Promise.all([
    import('../adapters/sqlite/mend.ts'),
    import('../adapters/process/attempts.ts'),
  ]);
  // First this one, then a look at the others: whoever opens the store looks in the other order.
  const lock = locks.acquire(paths.mendingLock);
  if (lock === undefined) return err(damagedStore());
  try {
    const others = ownersOf(paths).filter((name) => name !== owner && locks.isHeld(ownerLock(paths, name)));
    if (others.length > 0) return err(damagedStore());
    return mend(placeOf(paths), {
      reason,
      now: Date.now(),
      boot: ids.boot(),
      newId: () => ids.next(),
      needsOf: operationNeeds,
      attemptsOnDisk: () => attemptsOnDisk(paths.tasks),
    });
  } finally {
    lock.release();
  }
}

function ownersOf({ owners }: Paths): string[] {
  return readdirSync(owners).flatMap((name) => /^(.+)\.lock$/.exec(name)?.[1] ?? []);
}
