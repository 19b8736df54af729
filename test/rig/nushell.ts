import { ok } from '../../src/domain/result.ts';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeConnections } from '../../src/adapters/system/connections.ts';
import { createLibrary } from '../../src/adapters/nushell/library.ts';
import type { Library, TaskCommand } from '../../src/ports/library.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const shippedLibrary = here('../../src/nulib');

/** The real binary; the package's own start script would cost a Node process. */
export const nuBinary = (): string =>
  createRequire(import.meta.url).resolve(
    `@nushell/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}/bin/nu${process.platform === 'win32' ? '.exe' : ''}`,
  );

export interface Resource {
  readonly action: 'put' | 'remove';
  readonly kind: 'server' | 'taskserv' | 'cluster' | 'app';
  readonly name: string;
  readonly status: string;
  readonly definition: Record<string, unknown>;
  readonly facts: Record<string, unknown>;
}

export interface Outcome {
  readonly exit: number | null;
  readonly result: (Record<string, unknown> & { message: string; resources: readonly Resource[] }) | undefined;
  /** What it put on record while it worked. */
  readonly recorded: readonly Resource[];
  readonly failure: Record<string, unknown> | undefined;
  readonly output: string;
  readonly folder: string;
}

export interface Asked {
  readonly type: string;
  readonly id?: string;
  readonly provider?: string | null;
  readonly params?: Record<string, unknown>;
  readonly key?: string;
  readonly env?: Record<string, string>;
  /** More of its request.json, such as `waves` and `checkpoint`. */
  readonly request?: Record<string, unknown>;
}

const KINDS = { server: 'servers', taskserv: 'taskservs', cluster: 'clusters', app: 'apps' } as const;

/** A workspace, a state folder, and an inventory that is kept the way the engine keeps it. */
export class Bench {
  readonly root: string;
  readonly workspace: string;
  readonly state: string;
  readonly inventory: Record<string, Record<string, unknown>> = { servers: {}, taskservs: {}, clusters: {}, apps: {} };
  infra = 'wuji';
  #attempts = 0;

  constructor(root: string) {
    this.root = root;
    this.workspace = join(root, "it's a workspace");
    this.state = join(root, 'state');
  }

  static async make(): Promise<Bench> {
    const bench = new Bench(await realpath(await mkdtemp(join(tmpdir(), 'prv-nu-'))));
    await mkdir(bench.workspace);
    await mkdir(bench.state);
    return bench;
  }

  async remove(): Promise<void> {
    await closeConnections(this.connections);
    await rm(this.root, { recursive: true, force: true });
  }

  /** Where the sockets of its ssh connections are. */
  get connections(): string {
    return join(this.root, 'c');
  }

  library(workspaceLibrary?: string): Library {
    return createLibrary({
      nu: async () => ok(nuBinary()),
      shipped: shippedLibrary,
      workspaceLibrary,
      envVars: {},
    });
  }

  /** Writes a module of the workspace's own. */
  async module(path: string, text: string): Promise<string> {
    const file = join(this.workspace, 'nulib', path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
    return join(this.workspace, 'nulib');
  }

  /** Finds and runs one operation in a new attempt folder, and applies its resources to the inventory. */
  async run(asked: Asked, library = this.library()): Promise<Outcome> {
    const params = asked.params ?? {};
    const found = await (asked.type === 'nushell.run'
      ? library.named(String(params['module']), String(params['function']))
      : library.find(asked.type));
    if (!found.ok) throw new Error(found.error.message);
    const command = await library.command(found.value);
    if (!command.ok) throw new Error(command.error.message);
    const outcome = await this.#attempt(asked, command.value);
    for (const resource of [...outcome.recorded, ...(outcome.result?.resources ?? [])]) this.#apply(resource);
    return outcome;
  }

  async #attempt(asked: Asked, command: TaskCommand): Promise<Outcome> {
    const folder = join(this.root, 'tasks', String(++this.#attempts));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'request.json'), JSON.stringify(this.#request(asked)));
    const exit = await execute(command, folder, {
      PATH: process.env['PATH'] ?? '',
      PROVISIONING_TASK_DIR: folder,
      PROVISIONING_TASK_KEY: asked.key ?? `key-${this.#attempts}`,
      PROVISIONING_CONNECTIONS: this.connections,
      PROVISIONING_COMMAND: JSON.stringify([process.execPath, here('template-cli.ts')]),
      ...asked.env,
    });
    return {
      exit,
      result: (await readJson(join(folder, 'result.json'))) as Outcome['result'],
      recorded: ((await readJson(join(folder, 'resources.json')))?.['resources'] ?? []) as readonly Resource[],
      failure: await readJson(join(folder, 'failure.json')),
      output: await readFile(join(folder, 'output.log'), 'utf8'),
      folder,
    };
  }

  #request({ type, id = 'op', provider, params = {}, request }: Asked): Record<string, unknown> {
    const { infra, workspace, state, inventory } = this;
    return {
      task_id: 't',
      workflow_id: 'w',
      attempt: 1,
      key: 'k',
      id,
      type,
      provider: provider ?? null,
      params,
      infra,
      workspace,
      state_dir: state,
      targets: [],
      inventory,
      checkpoint: null,
      ...request,
    };
  }

  #apply({ action, kind, name, ...record }: Resource): void {
    const records = (this.inventory[KINDS[kind]] ??= {});
    if (action === 'put') records[name] = { kind, name, ...record };
    else delete records[name];
  }
}

async function execute(command: TaskCommand, folder: string, env: Record<string, string>): Promise<number | null> {
  const output = await open(join(folder, 'output.log'), 'a');
  try {
    return await new Promise((resolve, reject) => {
      const [file = '', ...args] = command.argv;
      const child = spawn(file, args, {
        cwd: command.cwd,
        env: { ...env, ...command.env },
        stdio: ['ignore', output.fd, output.fd],
      });
      child.once('error', reject).once('exit', resolve);
    });
  } finally {
    await output.close();
  }
}

async function readJson(file: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
}
