import type { Context } from '../../commands/context.ts';
import type { Assets } from '../adapters/system/assets.ts';
import type { Client } from '../client/client.ts';
import { attemptFolder, ownerLock, pathsOf, taskFolder } from '../config/data-paths.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { processOptions } from '../config/process.ts';
import type { Foreground, Services } from '../dispatch/services.ts';
import type { Terminal } from '../dispatch/terminal.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { World } from '../engine/world.ts';
import type { Executor } from '../executor/executor.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Evaluator } from '../ports/evaluator.ts';
import type { Leftovers } from '../ports/leftovers.ts';
import type { Library } from '../ports/library.ts';
import type { Reads } from '../ports/reads.ts';
import type { Templates } from '../ports/templates.ts';
import { warning } from '../presentation/notice.ts';
import { passOnCancels } from './cancels.ts';
import { createChanges } from './changes.ts';
import { runOrchestrator } from './run-orchestrator.ts';
import { VERSION } from './version.ts';

/** Wires the command line, and nothing else does. Each part is imported and opened when it is first asked for. */
export function compose(given: Omit<Context, 'services' | 'runOrchestrator'>): Context {
  return { ...given, services: (flags) => openServices(flags, given.terminal), runOrchestrator };
}

async function openServices(
  { workspace, quiet }: { workspace?: string | undefined; quiet?: boolean | undefined },
  terminal: Terminal,
): Promise<Result<Services, readonly Failure[]>> {
  const known = processOptions();
  if (!known.ok) return err([known.error]);
  const loaded = await loadConfiguration({ ...known.value, flags: { workspace } });
  if (!loaded.ok) return loaded;
  if (quiet !== true) for (const text of loaded.value.warnings) terminal.note(warning(text));
  return ok(servicesOf(loaded.value, terminal));
}

function servicesOf(configuration: Configuration, terminal: Terminal): Services {
  const parts = { configuration, paths: pathsOf(configuration.settings.storage.data_dir), terminal };
  const assets = once(async () => {
    const { createAssets } = await import('../adapters/system/assets.ts');
    return createAssets(configuration.environment.cacheDir);
  });
  const client = once(() => openClient(parts));
  const libraryOf = once(async () => openLibrary(configuration, await assets()));
  return {
    ...parts,
    client,
    reads: once(() => openReads(parts, client)),
    definitions: once(() => openDefinitions(assets)),
    library: async () => {
      const library = await libraryOf();
      return library.ok ? ok(library.value(configuration.workspace.root)) : library;
    },
    templates: once(() => openTemplates(assets)),
    templatesFolder: async () => (await assets()).templates(),
    leftovers: () => openLeftovers(parts),
    foreground: async (how) => {
      const library = await libraryOf();
      return library.ok ? openForeground(parts, library.value, how?.passive ?? false) : library;
    },
    program: async () => (await import('../adapters/system/program.ts')).programCommand(),
    newId: async () => (await import('../adapters/system/ids.ts')).createIds().next(),
  };
}

type Parts = Pick<Services, 'configuration' | 'paths' | 'terminal'>;

async function openClient({ configuration, paths, terminal }: Parts): Promise<Result<Client, Failure>> {
  const [{ createClient }, { prepareDataDir }, { programCommand }] = await Promise.all([
    import('../client/client.ts'),
    import('../adapters/sqlite/data-dir.ts'),
    import('../adapters/system/program.ts'),
  ]);
  const { settings, environment } = configuration;
  return createClient({
    settings,
    files: paths,
    prepareDataDir,
    version: VERSION,
    command: programCommand(),
    env: environment.variables,
    ci: environment.ci,
    tokenFile: environment.tokenFile,
    onWarning: (text) => {
      terminal.note(warning(text));
    },
  });
}

/** From the store on this machine; from somebody else's orchestrator where one is configured. */
async function openReads({ configuration, paths }: Parts, client: Services['client']): Promise<Reads> {
  if (configuration.settings.orchestrator.endpoint !== null) {
    const connected = await client();
    if (connected.ok && connected.value.kind === 'remote') return connected.value.reads;
  }
  const [{ createReads }, { readOutput }, { createLocks }, { operationNeeds }] = await Promise.all([
    import('../adapters/sqlite/reads.ts'),
    import('../adapters/process/output.ts'),
    import('../adapters/system/locks.ts'),
    import('../engine/claims.ts'),
  ]);
  const locks = createLocks();
  return createReads({
    file: paths.store,
    isAlive: (owner) => locks.isHeld(ownerLock(paths, owner)),
    readOutput: (taskId, attempt, offset) => readOutput(taskFolder(paths, taskId), attempt, offset),
    waits: { slots: configuration.settings.executor.max_concurrent_tasks, needsOf: operationNeeds },
  });
}

async function openLeftovers({ paths }: Parts): Promise<Result<Leftovers | undefined, Failure>> {
  const [{ openRetention }, { createLeftovers }, { createLocks }] = await Promise.all([
    import('../adapters/sqlite/retention.ts'),
    import('../adapters/system/leftovers.ts'),
    import('../adapters/system/locks.ts'),
  ]);
  const records = openRetention({ dataDir: paths.dataDir, file: paths.store });
  if (!records.ok || records.value === undefined) return records as Result<undefined, Failure>;
  const places = { ...paths, lockOf: (owner: string) => ownerLock(paths, owner) };
  return ok(createLeftovers(records.value, createLocks(), places));
}

async function openDefinitions(assets: () => Promise<Assets>): Promise<Definitions> {
  const { createDefinitions } = await import('../adapters/documents/definitions.ts');
  return createDefinitions(once(() => openNickel(assets)));
}

async function openNickel(assets: () => Promise<Assets>): Promise<Result<Evaluator, Failure>> {
  const { createNickel } = await import('../adapters/nickel/evaluate.ts');
  const carried = await assets();
  const templates = await carried.templates();
  if (!templates.ok) return templates;
  return ok(createNickel({ module: () => carried.nickelModule(), importPaths: [`${templates.value}/nickel`] }));
}

async function openTemplates(assets: () => Promise<Assets>): Promise<Result<Templates, Failure>> {
  const [{ createTemplates }, { folderFiles }] = await Promise.all([
    import('../adapters/templates/templates.ts'),
    import('../adapters/templates/files.ts'),
  ]);
  const carried = await assets();
  const folder = await carried.templates();
  if (!folder.ok) return folder;
  return ok(createTemplates({ wasm: () => carried.templateEngine(), files: folderFiles(folder.value) }));
}

type LibraryOf = (workspace: string) => Library;

async function openLibrary({ settings }: Configuration, assets: Assets): Promise<Result<LibraryOf, Failure>> {
  const [{ createLibrary }, { existsSync }] = await Promise.all([
    import('../adapters/nushell/library.ts'),
    import('node:fs'),
  ]);
  const { binary, provisioning_lib, env_vars: envVars } = settings.nushell;
  const shipped = provisioning_lib === null ? await assets.library() : ok(provisioning_lib);
  if (!shipped.ok) return shipped;
  const nu = async () => (binary === null ? assets.nu() : ok(binary));
  return ok((workspace) => {
    const own = `${workspace}/nulib`;
    return createLibrary({ nu, shipped: shipped.value, workspaceLibrary: existsSync(own) ? own : undefined, envVars });
  });
}

/** An engine of this process, which owns its runs by a lock that dies with it. */
async function openForeground(
  parts: Parts,
  libraryOf: LibraryOf,
  passive: boolean,
): Promise<Result<Foreground, Failure>> {
  const { configuration, paths } = parts;
  const [{ createStore }, { createLocks }, { createIds }, { createClock }, engines, { createCaptured }, failpoints] =
    await Promise.all([
      import('../adapters/sqlite/store.ts'),
      import('../adapters/system/locks.ts'),
      import('../adapters/system/ids.ts'),
      import('../adapters/system/clock.ts'),
      import('../engine/create.ts'),
      import('../executor/captured.ts'),
      import('../adapters/system/failpoint.ts'),
    ]);
  const [ids, locks] = [createIds(), createLocks()];
  const isAlive = (owner: string): boolean => locks.isHeld(ownerLock(paths, owner));
  const store = createStore({ dataDir: paths.dataDir, file: paths.store, isAlive });
  if (!store.ok) return store;
  const owner = ids.next();
  const lock = locks.acquire(ownerLock(paths, owner));
  if (lock === undefined) throw new Error(`Internal error: the lock of the new engine ${owner} is taken`);
  const [changes, captured, armed] = [createChanges(), createCaptured(), configuration.environment.failpoint];
  const failpoint = failpoints.createFailpoint(armed);
  const { createHash } = await import('node:crypto');
  const engine = engines.createEngine({
    store: store.value,
    ids,
    owner,
    isAlive,
    clock: createClock(),
    sink: { emit: changes.emit },
    onFatal: changes.fail,
    maxConcurrentTasks: passive ? 0 : configuration.settings.executor.max_concurrent_tasks,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    captured,
    failpoint,
    executor: await openExecutor(parts, { libraryOf, captured, failpoint, newName: () => ids.next() }),
  });
  const stopLooking = passOnCancels(store.value, engine, owner);
  const close = async (): Promise<void> => {
    stopLooking();
    await engine.stop();
    store.value.close();
    lock.release();
  };
  return ok({ engine, onChange: changes.onChange, fatal: changes.fatal, close });
}

interface Given extends Pick<World, 'captured' | 'failpoint'> {
  readonly libraryOf: LibraryOf;
  readonly newName: () => string;
}

async function openExecutor({ configuration, paths }: Parts, given: Given): Promise<Executor> {
  const [{ createExecutor }, { createRunner }, { createSecrets }, { programCommand }] = await Promise.all([
    import('../executor/executor.ts'),
    import('../adapters/process/runner.ts'),
    import('../adapters/process/secrets.ts'),
    import('../adapters/system/program.ts'),
  ]);
  const { checkpoint_interval_seconds: checkpointIntervalSeconds } = configuration.settings.executor;
  return createExecutor({
    runner: createRunner({ checkpointIntervalSeconds, failpoint: given.failpoint }),
    credentials: { captured: given.captured, secrets: createSecrets() },
    libraryOf: given.libraryOf,
    folderOf: ({ taskId, number, fence }) => attemptFolder(paths, taskId, { number, fence }),
    stateDir: paths.hosts,
    extraEnvironment: () => ({ PROVISIONING_COMMAND: JSON.stringify(programCommand()) }),
    newName: given.newName,
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
