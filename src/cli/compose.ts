import type { Context } from '../../commands/context.ts';
import nickel from '../adapters/nickel/nickel.json' with { type: 'json' };
import type { Versions } from '../api/program-documents.ts';
import type { Client } from '../client/client.ts';
import { openContent } from '../compose/content.ts';
import type { LibraryOf } from '../compose/content.ts';
import { once } from '../compose/once.ts';
import { openReads } from '../compose/reads.ts';
import { placeOf } from '../compose/store.ts';
import { ownerLock, pathsOf, taskFolder } from '../config/data-paths.ts';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { processOptions } from '../config/process.ts';
import { isOrchestratorsTask } from '../dispatch/nested.ts';
import type { Foreground, Services } from '../dispatch/services.ts';
import type { Terminal } from '../dispatch/terminal.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Changes } from '../ports/changes.ts';
import type { Leftovers } from '../ports/leftovers.ts';
import type { Reads } from '../ports/reads.ts';
import { warning } from '../presentation/notice.ts';
import { passOnCancels } from './cancels.ts';
import { createListeners } from './listeners.ts';
import { runOrchestrator } from './run-orchestrator.ts';
import { VERSION, versionsWith } from './version.ts';

/** Wires the command line, and nothing else does. Each part is imported and opened when it is first asked for. */
export function compose(given: Omit<Context, 'services' | 'versions' | 'runOrchestrator'>): Context {
  const versions = (): Versions => versionsWith(nickel.nickel_lang_core);
  return { ...given, versions, services: (flags) => openServices(flags, given.terminal), runOrchestrator };
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
  const { libraryOf, ...content } = openContent(configuration, VERSION);
  const client = once(() => openClient(parts, content.company));
  return {
    ...parts,
    ...content,
    client,
    reads: once(() => readsOf(parts, client)),
    changes: once(() => changesOf(parts, client)),
    library: async () => {
      const library = await libraryOf();
      return library.ok ? ok(library.value(configuration.workspace.root)) : library;
    },
    leftovers: () => openLeftovers(parts),
    storeState: async () => (await import('../adapters/sqlite/store-state.ts')).createStoreState(parts.paths),
    foreground: async (how) => {
      const library = await libraryOf();
      return library.ok ? openForeground(parts, library.value, how?.passive ?? false) : library;
    },
    program: async () => (await import('../adapters/system/program.ts')).programCommand(),
    newId: async () => (await import('../adapters/system/ids.ts')).createIds().next(),
  };
}

type Parts = Pick<Services, 'configuration' | 'paths' | 'terminal'>;

async function openClient(
  { configuration, paths, terminal }: Parts,
  company: Services['company'],
): Promise<Result<Client, Failure>> {
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
    takeLock: async (file) => (await import('../adapters/system/locks.ts')).createLocks().tryAcquire(file),
    version: VERSION,
    command: programCommand(),
    fits: async (health, where) => {
      const [known, { misfitIn, remotePart }] = await Promise.all([company(), import('../presentation/compat.ts')]);
      return known.ok ? misfitIn(known.value, remotePart(health, where)) : known.error[0];
    },
    env: environment.variables,
    ci: environment.ci,
    tokenFile: environment.tokenFile,
    inTask: isOrchestratorsTask(environment.variables),
    onWarning: (text) => {
      terminal.note(warning(text));
    },
  });
}

/** From the store on this machine; from somebody else's orchestrator where one is configured. */
async function readsOf(parts: Parts, client: Services['client']): Promise<Reads> {
  const { configuration, paths } = parts;
  const remote = await remoteOf(parts, client);
  return remote?.reads ?? openReads(paths, () => configuration.settings.executor.max_concurrent_tasks);
}

async function changesOf(parts: Parts, client: Services['client']): Promise<Changes> {
  if ((await remoteOf(parts, client)) !== undefined) return (await import('../client/http-changes.ts')).httpChanges;
  const { createFileChanges } = await import('../adapters/system/changes.ts');
  return createFileChanges({ store: parts.paths.store, folderOf: (taskId) => taskFolder(parts.paths, taskId) });
}

async function remoteOf({ configuration }: Parts, client: Services['client']): Promise<Client | undefined> {
  if (configuration.settings.orchestrator.endpoint === null) return undefined;
  const connected = await client();
  return connected.ok && connected.value.kind === 'remote' ? connected.value : undefined;
}

async function openLeftovers({ paths }: Parts): Promise<Result<Leftovers | undefined, Failure>> {
  const [{ openRetention }, { createLeftovers }, { createLocks }] = await Promise.all([
    import('../adapters/sqlite/retention.ts'),
    import('../adapters/system/leftovers.ts'),
    import('../adapters/system/locks.ts'),
  ]);
  const records = openRetention(placeOf(paths));
  if (!records.ok || records.value === undefined) return records as Result<undefined, Failure>;
  const places = { ...paths, lockOf: (owner: string) => ownerLock(paths, owner) };
  return ok(createLeftovers(records.value, createLocks(), places));
}

async function openForeground(
  { configuration, paths }: Parts,
  libraryOf: LibraryOf,
  passive: boolean,
): Promise<Result<Foreground, Failure>> {
  const { openEngine } = await import('../compose/engine.ts');
  const listeners = createListeners();
  const opened = await openEngine({
    configuration,
    paths,
    libraryOf,
    sink: { emit: listeners.emit },
    onFatal: listeners.fail,
    slots: () => (passive ? 0 : configuration.settings.executor.max_concurrent_tasks),
    environmentOf: () => ({}),
  });
  if (!opened.ok) return opened;
  const { engine, store, owner, backUp } = opened.value;
  const stopLooking = passOnCancels(store, engine, owner);
  const close = async (): Promise<void> => {
    stopLooking();
    await engine.stop();
    copyQuietly(backUp);
    opened.value.close();
  };
  return ok({ engine, onChange: listeners.onChange, fatal: listeners.fatal, close });
}

/** The run has ended, and was reported: nobody waits for this, and trouble with it is no trouble of the run's. */
function copyQuietly(backUp: (quiet: boolean) => void): void {
  try {
    backUp(false);
  } catch {
    // Damage is found again, and said, by the next command that opens the store.
  }
}
