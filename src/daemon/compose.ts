import { closeSync, writeSync } from 'node:fs';
import { prepareDataDir } from '../adapters/sqlite/data-dir.ts';
import { createIds } from '../adapters/system/ids.ts';
import { createLocks } from '../adapters/system/locks.ts';
import { createRoom } from '../adapters/system/room.ts';
import { READINESS_FD } from '../api/readiness.ts';
import type { Readiness } from '../api/readiness.ts';
import { openContent } from '../compose/content.ts';
import { openEngine } from '../compose/engine.ts';
import { openReads } from '../compose/reads.ts';
import { pathsOf } from '../config/data-paths.ts';
import type { Paths } from '../config/data-paths.ts';
import { handedOn } from '../config/environment-of-tasks.ts';
import { handedSockets } from '../config/handed-sockets.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { processOptions } from '../config/process.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
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
    handed: handedSockets(known.value.env, process.pid),
    newId: () => createIds().next(),
    prepareFolder: prepareDataDir,
    openHost: (world) => openHost({ paths, settings, configuration: loaded.value, version: args.build.version }, world),
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
  readonly version: string;
  readonly paths: Paths;
  readonly configuration: Configuration;
  readonly settings: LiveSettings;
}

async function openHost(machine: Machine, world: HostWorld): Promise<Result<Host, Failure>> {
  const { paths, configuration, settings, version } = machine;
  const { libraryOf, definitions } = openContent(configuration, version);
  const library = await libraryOf();
  if (!library.ok) return library;
  const slots = (): number => settings.maxConcurrentTasks;
  const opened = await openEngine({
    ...world,
    configuration,
    paths,
    slots,
    room: createRoom(paths.reserve),
    libraryOf: library.value,
    environmentOf: ({ taskId, number }) => ({
      PROVISIONING_SOCKET: world.socket,
      PROVISIONING_TASK_TOKEN: taskToken(world.token, taskId, number),
    }),
  });
  if (!opened.ok) return opened;
  const { engine, store, owner, condition, backUp, close } = opened.value;
  const reads = await openReads(paths, slots);
  return ok({
    engine,
    condition,
    backUp,
    close,
    reads,
    planner: createPlanner({
      definitions: await definitions(),
      libraryOf: library.value,
      reads,
      inventory: (where) => store.resources(where),
    }),
    defaults: runDefaults(configuration),
    ownRuns: () => store.unfinished().flatMap((run) => (run.owner === owner ? [run.id] : [])),
  });
}

/** For runs whose callers say nothing of these: what a command in the user's home would hand on. */
const runDefaults = ({ settings, environment }: Configuration): RunDefaults => ({
  workspace: environment.home,
  environment: handedOn(environment.variables),
  settings: {
    task_timeout_seconds: settings.executor.task_timeout_seconds,
    env_vars: settings.nushell.env_vars,
    pools: settings.pools,
  },
});
