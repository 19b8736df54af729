import { createHash } from 'node:crypto';
import { closeSync, existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createDefinitions } from '../adapters/documents/definitions.ts';
import { createNickel } from '../adapters/nickel/evaluate.ts';
import { createLibrary } from '../adapters/nushell/library.ts';
import { readOutput } from '../adapters/process/output.ts';
import { createRunner } from '../adapters/process/runner.ts';
import { prepareDataDir } from '../adapters/sqlite/data-dir.ts';
import { createReads } from '../adapters/sqlite/reads.ts';
import { createStore } from '../adapters/sqlite/store.ts';
import { createAssets } from '../adapters/system/assets.ts';
import type { Assets } from '../adapters/system/assets.ts';
import { createClock } from '../adapters/system/clock.ts';
import { createIds } from '../adapters/system/ids.ts';
import { createLocks } from '../adapters/system/locks.ts';
import { READINESS_FD } from '../api/readiness.ts';
import type { Readiness } from '../api/readiness.ts';
import { attemptFolder, ownerLock, pathsOf, taskFolder } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { processOptions } from '../config/process.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { createEngine } from '../engine/create.ts';
import { createExecutor } from '../executor/executor.ts';
import type { Executor } from '../executor/executor.ts';
import type { Evaluator } from '../ports/evaluator.ts';
import type { Library } from '../ports/library.ts';
import type { Locks } from '../ports/locks.ts';
import type { Host, HostWorld } from './host.ts';
import { createPlanner } from './planner.ts';
import { letGoOfCaller } from './process.ts';
import { runDaemon } from './run.ts';
import type { CloseReason } from './run.ts';
import type { RunDefaults } from './service.ts';
import { taskToken } from './task-token.ts';

export interface DaemonArguments {
  /** What the starting command found, so that both mean the same folder; by default what the configuration says. */
  readonly dataDir: string | undefined;
  /** `orchestrator run`: keeps its terminal and its folder, and does not leave for idleness. */
  readonly foreground: boolean;
  readonly build: { readonly version: string; readonly build_id: string };
  /** Called once: when it is ready, or when it is known that it never will be. */
  readonly say: (readiness: Readiness) => void;
}

/** The role of a process that was started with the pipe of `READINESS_FD`. Call it before anything else is opened. */
export async function runDetached(args: Omit<DaemonArguments, 'foreground' | 'say'>): Promise<CloseReason> {
  letGoOfCaller(args.dataDir ?? '/');
  return startDaemon({ ...args, foreground: false, say: sayOverPipe });
}

function sayOverPipe(readiness: Readiness): void {
  try {
    writeSync(READINESS_FD, `${JSON.stringify(readiness)}\n`);
    closeSync(READINESS_FD);
  } catch {
    // The command that started it has gone; the next one will find it.
  }
}

export async function startDaemon(args: DaemonArguments): Promise<CloseReason> {
  const known = processOptions();
  const loaded = known.ok ? await loadConfiguration({ ...known.value, role: 'orchestrator' }) : err([known.error]);
  if (!known.ok || !loaded.ok) {
    const [first = failure('internal', 'no configuration')] = loaded.ok ? [] : loaded.error;
    args.say({ error: first });
    return { kind: 'failed', failure: first };
  }
  const { settings } = loaded.value;
  const paths = pathsOf(args.dataDir ?? settings.storage.data_dir);
  const locks = createLocks();
  return runDaemon({
    ...args,
    paths,
    settings,
    locks,
    uid: known.value.uid,
    newId: () => createIds().next(),
    prepareFolder: prepareDataDir,
    openHost: (world) => openHost({ paths, locks, configuration: loaded.value }, world),
  });
}

interface Machine {
  readonly paths: Paths;
  readonly locks: Locks;
  readonly configuration: Configuration;
}

async function openHost(machine: Machine, world: HostWorld): Promise<Result<Host, Failure>> {
  const { paths, locks, configuration } = machine;
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const store = createStore({ dataDir: paths.dataDir, file: paths.store, isAlive });
  if (!store.ok) return store;
  const ids = createIds();
  const owner = ids.next();
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error(`Internal error: the lock of the new engine ${owner} is taken`);
  const assets = await createAssets(configuration.environment.cacheDir);
  const libraryOf = libraries(configuration, assets);
  const engine = createEngine({
    ...world,
    store: store.value,
    clock: createClock(),
    ids,
    owner,
    isAlive,
    executor: executor(paths, world, libraryOf),
    maxConcurrentTasks: configuration.settings.executor.max_concurrent_tasks,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  });
  const readPage = (taskId: string, attempt: number, offset: number): ReturnType<typeof readOutput> =>
    readOutput(taskFolder(paths, taskId), attempt, offset);
  const definitions = createDefinitions(once(() => nickel(assets)));
  return ok({
    engine,
    reads: createReads({ file: paths.store, isAlive, readOutput: readPage }),
    planner: createPlanner({ definitions, libraryOf, inventory: (where) => store.value.resources(where) }),
    defaults: runDefaults(configuration),
    ownRuns: () => store.value.unfinished().flatMap((run) => (run.owner === owner ? [run.id] : [])),
    close() {
      store.value.close();
      lock.release();
    },
  });
}

const executor = (paths: Paths, world: HostWorld, libraryOf: (workspace: string) => Library): Executor =>
  createExecutor({
    runner: createRunner(),
    libraryOf,
    folderOf: ({ taskId, number, fence }) => attemptFolder(paths, taskId, { number, fence }),
    stateDir: paths.hosts,
    extraEnvironment: ({ taskId, number }) => ({
      PROVISIONING_SOCKET: world.socket,
      PROVISIONING_TASK_TOKEN: taskToken(world.token, taskId, number),
    }),
  });

/** The library as each workspace sees it: the shipped one, and its own `nulib/` if there is one. */
function libraries({ settings }: Configuration, assets: Assets): (workspace: string) => Library {
  const { binary, provisioning_lib: shipped, env_vars: envVars } = settings.nushell;
  return (workspace) => {
    const own = join(workspace, 'nulib');
    return createLibrary({
      nu: async () => binary ?? unpacked(await assets.nu()),
      shipped: async () => shipped ?? unpacked(await assets.library()),
      workspaceLibrary: existsSync(own) ? own : undefined,
      envVars,
    });
  };
}

async function nickel(assets: Assets): Promise<Evaluator> {
  const templates = unpacked(await assets.templates());
  return createNickel({ module: () => assets.nickelModule(), importPaths: [join(templates, 'nickel')] });
}

function unpacked(path: Result<string, Failure>): string {
  if (path.ok) return path.value;
  throw new Error(path.error.message);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** For runs whose callers say nothing of these: what a command in the user's home would hand on. */
const runDefaults = ({ settings, environment }: Configuration): RunDefaults => ({
  workspace: environment.home,
  environment: Object.fromEntries(
    Object.entries(environment.variables).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && HANDED_ON.test(entry[0]),
    ),
  ),
  settings: {
    task_timeout_seconds: settings.executor.task_timeout_seconds,
    env_vars: settings.nushell.env_vars,
  },
});

const HANDED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ)$/;
