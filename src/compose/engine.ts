import { createHash } from 'node:crypto';
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
import type { Store } from '../ports/store.ts';
import type { LibraryOf } from './content.ts';

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
}

export interface OpenEngine {
  readonly engine: Engine;
  readonly store: Store;
  /** The name under which it owns runs; it holds the lock of that name until `close`. */
  readonly owner: string;
  /** After `engine.stop()`. */
  readonly close: () => void;
}

/** An engine of this process, which owns its runs by a lock that dies with it. */
export async function openEngine(parts: EngineParts): Promise<Result<OpenEngine, Failure>> {
  const { configuration, paths } = parts;
  const [{ createStore }, { createLocks }, { createIds }, { createClock }, { createFailpoint }, { createEngine }] =
    await Promise.all([
      import('../adapters/sqlite/store.ts'),
      import('../adapters/system/locks.ts'),
      import('../adapters/system/ids.ts'),
      import('../adapters/system/clock.ts'),
      import('../adapters/system/failpoint.ts'),
      import('../engine/create.ts'),
    ]);
  const [ids, locks] = [createIds(), createLocks()];
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const store = createStore({ dataDir: paths.dataDir, file: paths.store, isAlive });
  if (!store.ok) return store;
  const owner = ids.next();
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error(`Internal error: the lock of the new engine ${owner} is taken`);
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
    store: store.value,
    clock: createClock(),
    executor: await openExecutor(parts, { ...given, newName: () => ids.next() }),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    get maxConcurrentTasks() {
      return slots();
    },
  });
  const close = (): void => {
    store.value.close();
    lock.release();
  };
  return ok({ engine, store: store.value, owner, close });
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
  const { configuration, paths, libraryOf, environmentOf } = parts;
  const { checkpoint_interval_seconds: checkpointIntervalSeconds } = configuration.settings.executor;
  return createExecutor({
    runner: createRunner({ checkpointIntervalSeconds, failpoint }),
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
      PROVISIONING_CONNECTIONS: connections.folderOf(attempt.workflowId),
      ...environmentOf(attempt),
    }),
  });
}
