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
import { createFailpoint } from '../adapters/system/failpoint.ts';
import { createIds } from '../adapters/system/ids.ts';
import { createLocks } from '../adapters/system/locks.ts';
import { programCommand } from '../adapters/system/program.ts';
import { READINESS_FD } from '../api/readiness.ts';
import type { Readiness } from '../api/readiness.ts';
import { attemptFolder, ownerLock, pathsOf, taskFolder } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { processOptions } from '../config/process.ts';
import { failure } from '../domain/failure.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { createEngine } from '../engine/create.ts';
import { operationNeeds } from '../engine/claims.ts';
import { createSecrets } from '../adapters/process/secrets.ts';
import { createCaptured } from '../executor/captured.ts';
import type { Captured } from '../executor/captured.ts';
import { createExecutor } from '../executor/executor.ts';
import type { Executor } from '../executor/executor.ts';
import type { Evaluator } from '../ports/evaluator.ts';
import type { Library } from '../ports/library.ts';
import type { Locks } from '../ports/locks.ts';
import { tcpAddress } from './endpoint.ts';
import type { Host, HostWorld } from './host.ts';
import { LiveSettings } from './live-settings.ts';
import { createPlanner } from './planner.ts';
import { letGoOfCaller } from './process.ts';
import { runDaemon } from './run.ts';
import type { CloseReason } from './run.ts';
import type { RunDefaults } from './service.ts';
import { taskToken } from './task-token.ts';
import type { WatchdogTimes } from './watchdog.ts';

export interface DaemonArguments {
  /** What the starting command found, so that both mean the same folder; by default what the configuration says. */
  readonly dataDir: string | undefined;
  /** `orchestrator run`: keeps its terminal and its folder, and does not leave for idleness. */
  readonly foreground: boolean;
  readonly build: { readonly version: string; readonly build_id: string };
  readonly memoryLimitBytes?: number | undefined;
  readonly watchdog?: WatchdogTimes | undefined;
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
  const settings = new LiveSettings(loaded.value.settings, readAgain);
  const paths = pathsOf(args.dataDir ?? loaded.value.settings.storage.data_dir);
  const locks = createLocks();
  return runDaemon({
    ...args,
    paths,
    settings,
    tcp: tcpAddress(loaded.value.settings),
    locks,
    uid: known.value.uid,
    newId: () => createIds().next(),
    prepareFolder: prepareDataDir,
    openHost: (world) => openHost({ paths, locks, settings, configuration: loaded.value }, world),
  });
}

/** The documents and variables of the orchestrator itself, as they are now. */
async function readAgain(): Promise<Result<Configuration['settings'], Failure>> {
  const known = processOptions();
  if (!known.ok) return known;
  const loaded = await loadConfiguration({ ...known.value, role: 'orchestrator' });
  if (loaded.ok) return ok(loaded.value.settings);
  return err(loaded.error[0] ?? failure('internal', 'no configuration'));
}

interface Machine {
  readonly paths: Paths;
  readonly locks: Locks;
  readonly configuration: Configuration;
  readonly settings: LiveSettings;
}

async function openHost(machine: Machine, world: HostWorld): Promise<Result<Host, Failure>> {
  const { paths, locks, configuration, settings } = machine;
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const store = createStore({ dataDir: paths.dataDir, file: paths.store, isAlive });
  if (!store.ok) return store;
  const ids = createIds();
  const owner = ids.next();
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error(`Internal error: the lock of the new engine ${owner} is taken`);
  const assets = await createAssets(configuration.environment.cacheDir);
  const libraryOf = await libraries(configuration, assets);
  if (!libraryOf.ok) return libraryOf;
  const captured = createCaptured();
  const failpoint = createFailpoint(configuration.environment.failpoint);
  const engine = createEngine({
    ...world,
    store: store.value,
    clock: createClock(),
    ids,
    owner,
    isAlive,
    captured,
    failpoint,
    executor: executor(machine, world, { libraryOf: libraryOf.value, captured, failpoint }),
    get maxConcurrentTasks() {
      return settings.maxConcurrentTasks;
    },
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  });
  const readPage = (taskId: string, attempt: number, offset: number): ReturnType<typeof readOutput> =>
    readOutput(taskFolder(paths, taskId), attempt, offset);
  const waits = {
    get slots() {
      return settings.maxConcurrentTasks;
    },
    needsOf: operationNeeds,
  };
  const definitions = createDefinitions(once(() => nickel(assets)));
  return ok({
    engine,
    reads: createReads({ file: paths.store, isAlive, readOutput: readPage, waits }),
    planner: createPlanner({
      definitions,
      libraryOf: libraryOf.value,
      inventory: (where) => store.value.resources(where),
    }),
    defaults: runDefaults(configuration),
    ownRuns: () => store.value.unfinished().flatMap((run) => (run.owner === owner ? [run.id] : [])),
    close() {
      store.value.close();
      lock.release();
    },
  });
}

const executor = (
  { paths, configuration }: Machine,
  world: HostWorld,
  { libraryOf, captured, failpoint }: { libraryOf: LibraryOf; captured: Captured; failpoint: Failpoint | undefined },
): Executor =>
  createExecutor({
    runner: createRunner({
      checkpointIntervalSeconds: configuration.settings.executor.checkpoint_interval_seconds,
      failpoint,
    }),
    credentials: { captured, secrets: createSecrets() },
    libraryOf,
    folderOf: ({ taskId, number, fence }) => attemptFolder(paths, taskId, { number, fence }),
    stateDir: paths.hosts,
    newName: () => createIds().next(),
    extraEnvironment: ({ taskId, number }) => ({
      PROVISIONING_COMMAND: JSON.stringify(programCommand()),
      PROVISIONING_SOCKET: world.socket,
      PROVISIONING_TASK_TOKEN: taskToken(world.token, taskId, number),
    }),
  });

/** The library as each workspace sees it: the shipped one, and its own `nulib/` if there is one. */
async function libraries({ settings }: Configuration, assets: Assets): Promise<Result<LibraryOf, Failure>> {
  const { binary, provisioning_lib, env_vars: envVars } = settings.nushell;
  const shipped = provisioning_lib === null ? await assets.library() : ok(provisioning_lib);
  if (!shipped.ok) return shipped;
  const nu = async () => (binary === null ? assets.nu() : ok(binary));
  return ok((workspace) => {
    const own = join(workspace, 'nulib');
    return createLibrary({ nu, shipped: shipped.value, workspaceLibrary: existsSync(own) ? own : undefined, envVars });
  });
}

type LibraryOf = (workspace: string) => Library;

async function nickel(assets: Assets): Promise<Result<Evaluator, Failure>> {
  const templates = await assets.templates();
  if (!templates.ok) return templates;
  const importPaths = [join(templates.value, 'nickel')];
  return ok(createNickel({ module: () => assets.nickelModule(), importPaths }));
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
    pools: settings.pools,
  },
});

const HANDED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ)$/;
