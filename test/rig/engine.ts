import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { LauncherOptions } from '../../src/adapters/process/launcher.ts';
import { createRunner } from '../../src/adapters/process/runner.ts';
import { createSecrets } from '../../src/adapters/process/secrets.ts';
import { readOutput } from '../../src/adapters/process/output.ts';
import { createReads } from '../../src/adapters/sqlite/reads.ts';
import { createStore } from '../../src/adapters/sqlite/store.ts';
import { createClock } from '../../src/adapters/system/clock.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import { createLocks } from '../../src/adapters/system/locks.ts';
import { attemptFolder, ownerLock, pathsOf, taskFolder } from '../../src/config/data-paths.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import type { Failpoint } from '../../src/domain/failpoint.ts';
import { fenceOf } from '../../src/domain/fence.ts';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import type { Submission } from '../../src/domain/submission.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { createEngine } from '../../src/engine/create.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { operationNeeds } from '../../src/engine/claims.ts';
import { createCaptured } from '../../src/executor/captured.ts';
import type { Captured } from '../../src/executor/captured.ts';
import { createExecutor } from '../../src/executor/executor.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { Library } from '../../src/ports/library.ts';
import type { Reads } from '../../src/ports/reads.ts';

export interface EngineHost {
  readonly engine: Engine;
  readonly reads: Reads;
  readonly owner: string;
  /** Lets go of everything, as a process that ends does. */
  close(): Promise<void>;
}

/** A state folder that is removed with `remove`. */
export function temporaryPaths(): { paths: Paths; root: string; remove: () => void } {
  const root = realpathSync(mkdtempSync(`${tmpdir()}/provisioning-test-`));
  return {
    root,
    paths: pathsOf(`${root}/state`),
    remove: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    },
  };
}

export interface EngineOptions {
  readonly maxConcurrentTasks?: number;
  /** What operations other than commands are looked up in. */
  readonly library?: Library;
  /** What commands handed over with their runs. */
  readonly captured?: Captured;
  readonly failpoint?: Failpoint | undefined;
  /** By default launchers are used where the program would. */
  readonly launchers?: LauncherOptions | undefined;
  /** The boot in which attempts are claimed, where it is not to be the machine's. */
  readonly boot?: string | undefined;
}

/** The real engine on the real store and real processes, in this process. */
export function hostEngine(paths: Paths, options: EngineOptions = {}): EngineHost {
  const locks = createLocks();
  const ids = idsOf(options);
  const owner = ids.next();
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error('a fresh lock is taken');
  const isAlive = (name: string): boolean => locks.isHeld(ownerLock(paths, name));
  const store = createStore({ ...paths, file: paths.store, isAlive });
  if (!store.ok) throw new Error(store.error.message);
  const captured = options.captured ?? createCaptured();
  const executor = createExecutor({
    runner: createRunner({ failpoint: options.failpoint, launchers: options.launchers }),
    libraryOf: () => {
      if (options.library === undefined) throw new Error('this test has no library');
      return options.library;
    },
    folderOf: ({ taskId, number, fence }) => attemptFolder(paths, taskId, { number, fence }),
    stateDir: paths.hosts,
    extraEnvironment: () => ({}),
    newName: () => ids.next(),
    credentials: { captured, secrets: createSecrets() },
  });
  const engine = createEngine({
    store: store.value,
    executor,
    captured,
    clock: createClock(),
    ids,
    sink: { emit: () => undefined },
    failpoint: options.failpoint,
    owner,
    isAlive,
    maxConcurrentTasks: options.maxConcurrentTasks ?? 10,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    onFatal: (error) => {
      throw error;
    },
  });
  const reads = createReads({
    file: paths.store,
    isAlive,
    readOutput: (taskId, attempt, offset) => readOutput(taskFolder(paths, taskId), attempt, offset),
    waits: { slots: options.maxConcurrentTasks ?? 10, needsOf: operationNeeds },
  });
  return {
    engine,
    reads,
    owner,
    async close() {
      await engine.stop();
      store.value.close();
      lock.release();
    },
  };
}

function idsOf({ boot }: EngineOptions): Ids {
  const ids = createIds();
  return boot === undefined ? ids : { ...ids, fence: () => fenceOf(ids.next(), boot) };
}

/** A `command.run` operation. */
export const command = (id: string, argv: readonly string[], more: Partial<Operation> = {}): Operation => ({
  id,
  type: 'command.run',
  params: { argv },
  dependencies: [],
  priority: 'normal',
  retry: ONE_ATTEMPT,
  ...more,
});

let keys = 0;

export const submission = (operations: readonly Operation[], more: Partial<Submission> = {}): Submission => ({
  key: `key-${process.pid}-${keys++}`,
  workflow: { name: 'test', infra: 'default', rollback_enabled: false, operations },
  workspace: tmpdir(),
  mode: 'direct',
  fallback: null,
  environment: { PATH: '/usr/bin:/bin' },
  settings: { task_timeout_seconds: 60, env_vars: {}, pools: {} },
  ...more,
});
