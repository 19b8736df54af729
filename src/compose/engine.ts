import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { attemptFolder, ownerLock } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Configuration } from '../config/load.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Engine } from '../engine/engine.ts';
import type { World } from '../engine/world.ts';
import type { Executor } from '../executor/executor.ts';
import type { Connections } from '../ports/connections.ts';
import type { Room } from '../ports/room.ts';
import type { Store } from '../ports/store.ts';
import { openBackups } from './backups.ts';
import { createCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import type { LibraryOf } from './content.ts';
import { openStore } from './store.ts';

/** Which task an environment is for. */
interface TaskAttempt {
  readonly taskId: string;
  /** Counts from 1. */
  readonly number: number;
}

export interface EngineParts extends Pick<World, 'sink' | 'onFatal' | 'onSuspended'> {
  readonly configuration: Configuration;
  readonly paths: Paths;
  readonly libraryOf: LibraryOf;
  /** `executor.max_concurrent_tasks`, asked each time. */
  readonly slots: () => number;
  /** What tasks get besides: how to reach the orchestrator, where there is one. */
  readonly environmentOf: (attempt: TaskAttempt) => Readonly<Record<string, string>>;
  /** By default a full disk ends the engine. */
  readonly room?: Room | undefined;
}

export interface OpenEngine {
  readonly engine: Engine;
  readonly store: Store;
  /** The name under which it owns runs; it holds the lock of that name until `close`. */
  readonly owner: string;
  readonly condition: Condition;
  /** Copies the store if that is due. Throws where it is damaged. `quiet`: nothing runs, and nobody asks. */
  readonly backUp: (quiet: boolean) => void;
  /** After `engine.stop()`. */
  readonly close: () => void;
}

/** An engine of this process, which owns its runs by a lock that dies with it. */
export async function openEngine(parts: EngineParts): Promise<Result<OpenEngine, Failure>> {
  const { configuration, paths } = parts;
  const [{ roomy }, { createLocks }, { createIds }, { createClock }, { createFailpoint }, { createEngine }] =
    await Promise.all([
      import('../adapters/sqlite/roomy.ts'),
      import('../adapters/system/locks.ts'),
      import('../adapters/system/ids.ts'),
      import('../adapters/system/clock.ts'),
      import('../adapters/system/failpoint.ts'),
      import('../engine/create.ts'),
    ]);
  const [ids, locks] = [createIds(), createLocks()];
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const opened = await openStore({ paths, locks, ids });
  if (!opened.ok) return opened;
  const { owner, restored, close } = opened.value;
  const { room } = parts;
  const store = room === undefined ? opened.value.store : roomy(opened.value.store, room);
  const condition = createCondition(paths.restored, restored, room);
  const { createCaptured } = await import('../executor/captured.ts');
  const [{ createConnections }, { prepareDataDir }] = await Promise.all([
    import('../adapters/system/connections.ts'),
    import('../adapters/sqlite/data-dir.ts'),
  ]);
  const given = {
    captured: createCaptured(),
    connections: createConnections(paths.dataDir, (folder) => prepareDataDir(folder)),
    failpoint: createFailpoint(configuration.environment.failpoint),
  };
  const { sink, onFatal, onSuspended, slots } = parts;
  const engine = createEngine({
    ...given,
    sink,
    onFatal,
    onSuspended,
    ids,
    owner,
    isAlive,
    store,
    refusal: () => condition.refusal(),
    clock: createClock(),
    executor: await openExecutor(parts, { ...given, newName: () => ids.next() }),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    get maxConcurrentTasks() {
      return condition.isHeld || condition.isFull ? 0 : slots();
    },
  });
  return ok({ engine, store, owner, condition, close, backUp: await openBackups(paths, ids) });
}

interface Given extends Pick<World, 'captured' | 'failpoint'> {
  readonly connections: Connections;
  readonly newName: () => string;
}

async function openExecutor(
  parts: EngineParts,
  { captured, connections, failpoint, newName }: Given,
): Promise<Executor> {
  const [{ createExecutor }, { createRunner }, { createSecrets }, { programCommand }] = await Promise.all([
    import('../executor/executor.ts'),
    import('../adapters/process/runner.ts'),
    import('../adapters/process/secrets.ts'),
    import('../adapters/system/program.ts'),
  ]);
  const { configuration, paths, libraryOf, environmentOf, room } = parts;
  const { checkpoint_interval_seconds: checkpointIntervalSeconds } = configuration.settings.executor;
  return createExecutor({
    runner: createRunner({ checkpointIntervalSeconds, failpoint, onDiskFull: room && (() => room.noticed()) }),
    credentials: { captured, secrets: createSecrets() },
    libraryOf,
    folderOf: ({ taskId, number, fence }) => attemptFolder(paths, taskId, { number, fence }),
    stateDir: paths.hosts,
    newName,
    extraEnvironment: (attempt) => ({
      PROVISIONING_COMMAND: JSON.stringify(programCommand()),
      // A command in the task finds the same store, and counts its slots alike, whatever of its submitter's environment it has.
      PROVISIONING_STORAGE_DATA_DIR: paths.dataDir,
      PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: String(parts.slots()),
      // That command unpacks where this one did: `HOME` alone may name a place that cannot be written.
      XDG_CACHE_HOME: dirname(configuration.environment.cacheDir),
      PROVISIONING_CONNECTIONS: connections.folderOf(attempt.workflowId),
      ...environmentOf(attempt),
    }),
  });
}
