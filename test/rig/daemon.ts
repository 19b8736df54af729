import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataDir } from '../../src/adapters/sqlite/data-dir.ts';
import { createLocks } from '../../src/adapters/system/locks.ts';
import { parseDescriptor } from '../../src/api/descriptor.ts';
import type { Descriptor } from '../../src/api/descriptor.ts';
import { createClient } from '../../src/client/client.ts';
import type { Client, ClientOptions } from '../../src/client/client.ts';
import { pathsOf } from '../../src/config/data-paths.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Result } from '../../src/domain/result.ts';
import { killed, text } from './processes.ts';

const PROGRAM = join(import.meta.dirname, '..', 'daemon', 'fixtures', 'orchestrator.ts');

/** A temporary home in which orchestrators live; `close` leaves nothing of them. */
export interface Home {
  readonly root: string;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string>>;
  client(options?: Partial<ClientOptions>): Promise<Client>;
  /** As `orchestrator run`: without a client. Its pid is in `children`. */
  run(env?: Readonly<Record<string, string>>): ChildProcess;
  descriptor(): Descriptor | undefined;
  token(): string;
  close(): Promise<void>;
}

export function makeHome(dataDir?: string): Home {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'provisioning-test-')));
  const paths = pathsOf(dataDir ?? join(root, 'state'));
  const env = {
    HOME: root,
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    PROVISIONING_SYSTEM_ROOT: join(root, 'system'),
    PROVISIONING_STORAGE_DATA_DIR: paths.dataDir,
    PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '120',
  };
  mkdirSync(join(root, 'system'));
  const children: ChildProcess[] = [];
  const descriptor = (): Descriptor | undefined => descriptorIn(paths);
  const pids = new Set<number>();
  return {
    root,
    paths,
    env,
    descriptor,
    token: () => readFileSync(paths.token, 'utf8').trim(),
    async client(options = {}) {
      const settings = await settingsFor(root, { ...env, ...cleaned(options.env) });
      const client = createClient({
        settings,
        files: paths,
        version: '0.0.0',
        command: [process.execPath, PROGRAM],
        env,
        ci: false,
        tokenFile: undefined,
        prepareDataDir,
        takeLock: (file) => Promise.resolve(createLocks().tryAcquire(file)),
        onStarted: ({ pid }) => pids.add(pid),
        ...options,
      });
      return valueOf(client);
    },
    run(more = {}) {
      const child = spawn(process.execPath, [PROGRAM, 'foreground', paths.dataDir], {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      return child;
    },
    async close() {
      for (const pid of [...pids, descriptor()?.pid, ...children.map((child) => child.pid)]) await end(pid, root);
      // What a killed orchestrator had begun, to unpack say, may still come to its end.
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    },
  };
}

export function valueOf<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message} ${result.error.report ?? ''}`);
}

const cleaned = (env: ClientOptions['env'] | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(env ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined));

async function settingsFor(cwd: string, env: Readonly<Record<string, string>>): Promise<ClientOptions['settings']> {
  const loaded = await loadConfiguration({ cwd, env, uid: process.getuid?.() ?? -1, role: 'orchestrator' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.value.settings;
}

function descriptorIn(paths: Paths): Descriptor | undefined {
  try {
    return parseDescriptor(readFileSync(paths.descriptor, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Kills it and resolves when it is gone, if it is of this home: a descriptor may name anybody. */
async function end(pid: number | undefined, root: string): Promise<void> {
  if (pid === undefined || !isOf(root, pid)) return;
  await killed(pid);
}

const isOf = (root: string, pid: number): boolean =>
  pid !== process.pid && text(`/proc/${pid}/environ`).includes(`${root}/`);
