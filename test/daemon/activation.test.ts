import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { handedSockets } from '../../src/config/handed-sockets.ts';
import { test as base } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { processesOf } from '../rig/leaks.ts';
import { kill } from '../rig/processes.ts';
import { programArgv } from '../rig/program.ts';

const MANAGER = join(import.meta.dirname, 'fixtures', 'service-manager.py');
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('python3 is not installed: nobody hands over sockets as systemd does');
const hasActivate = spawnSync('systemd-socket-activate', ['--version']).status === 0;
if (!hasActivate) console.warn('systemd-socket-activate is not installed: systemd itself hands over nothing');

interface Manager {
  /** Its lines so far: `listening`, `started PID`, `ended CODE`. */
  readonly lines: () => readonly string[];
  readonly starts: () => number;
  readonly pid: () => number;
}

const test = base.extend<{ manage: (sockets?: string) => Promise<Manager> }>({
  manage: async ({ home }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    home.write('flow.json', flow(['true']));
    mkdirSync(home.dataDir, { recursive: true, mode: 0o700 });
    await use(async (sockets = socketOf(home)) => {
      const child = spawn('python3', [MANAGER, sockets, ...programArgv(), 'orchestrator', 'run'], {
        env: home.env,
        cwd: home.root,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      const ended = once(child, 'close');
      ends.push(async () => (child.kill('SIGTERM'), ended));
      await once(child.stdout, 'data');
      const lines = () => text.trim().split('\n');
      const started = () => lines().filter((line) => line.startsWith('started'));
      return { lines, starts: () => started().length, pid: () => Number(started().at(-1)?.split(' ')[1]) };
    });
    for (const end of ends) await end();
    rmSync(`${home.dataDir}/daemon.json`, { force: true });
  },
});

const flow = (argv: readonly string[]): string =>
  JSON.stringify({ name: 'flow', operations: [{ id: 'a', type: 'command.run', params: { argv } }] });

const socketOf = (home: Home): string => `${home.dataDir}/daemon.sock`;
const ownOnes = (home: Home) => processesOf(home).filter(({ line }) => line.includes('__daemon'));

test.runIf(hasPython)(
  'a service is started by the first command that needs it, again after its end or kill -9, and by no reader',
  async ({ home, provisioning, manage }) => {
    const service = await manage();
    expect((await provisioning('orchestrator status')).code).toBe(3);
    expect((await provisioning('workflow list --json')).json()).toEqual([]);
    expect(service.starts()).toBe(0);
    expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
    await expect.poll(service.starts).toBe(1);
    const status = (await provisioning('orchestrator status --json')).json<StatusDocument>();
    expect(status).toMatchObject({ running: true, pid: service.pid(), socket: socketOf(home), troubles: [] });
    expect((await provisioning('orchestrator stop')).code).toBe(0);
    await expect.poll(() => service.lines().at(-1)).toBe('ended 0');
    expect(existsSync(socketOf(home))).toBe(true);
    expect((await provisioning('orchestrator status')).code).toBe(3);
    const many = await Promise.all(Array.from({ length: 20 }, () => provisioning('workflow submit flow.json --wait')));
    expect(many.map(({ code }) => code)).toEqual(many.map(() => 0));
    await expect.poll(service.starts).toBe(2);
    kill(service.pid());
    await expect.poll(() => service.lines().at(-1)).toBe('ended -9');
    expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
    await expect.poll(service.starts).toBe(3);
    expect(ownOnes(home)).toEqual([]);
  },
);

test.runIf(hasPython)(
  'no task sees the socket of its service, or what was said about it',
  async ({ home, provisioning, manage }) => {
    await manage();
    home.write('look.json', flow(['sh', '-c', 'env; ls -l /proc/self/fd; echo looked']));
    const looked = await provisioning('workflow submit look.json --wait --json');
    expect(looked.code).toBe(0);
    const { stdout } = await provisioning('workflow logs @latest');
    expect(stdout).toContain('looked');
    expect(stdout).not.toMatch(/LISTEN_|socket:/);
  },
);

test.runIf(hasPython)(
  'a handed socket that does not fit is refused, with what would',
  async ({ home, provisioning, manage }) => {
    const other = await manage(`${home.root}/other.sock`);
    const poke = spawnSync('curl', [
      '-s',
      '-m',
      '5',
      '--unix-socket',
      `${home.root}/other.sock`,
      'http://localhost/health',
    ]);
    expect(poke.status).not.toBe(0);
    await expect.poll(other.lines).toContain('ended 2');
    const two = await manage(`${socketOf(home)},${home.root}/second.sock`);
    await provisioning('orchestrator start');
    await expect.poll(two.lines).toContain('ended 2');
    await provisioning('orchestrator stop');
  },
);

test.runIf(hasPython)(
  'a service whose socket lost its name makes one of its own, and says so',
  async ({ home, provisioning, manage }) => {
    const service = await manage();
    renameSync(socketOf(home), `${home.root}/aside.sock`);
    spawn('curl', ['-s', '--unix-socket', `${home.root}/aside.sock`, 'http://localhost/health'], { stdio: 'ignore' });
    await expect.poll(() => existsSync(`${home.dataDir}/daemon.json`)).toBe(true);
    const status = (await provisioning('orchestrator status --json')).json<StatusDocument>();
    expect(status).toMatchObject({ pid: service.pid(), troubles: [expect.stringContaining('lost its name')] });
    expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
  },
);

test.runIf(hasPython)(
  'one that a command had started makes way for the service that takes its place',
  async ({ home, provisioning, manage }) => {
    home.write('flow.json', flow(['true']));
    const { pid } = (await provisioning('orchestrator start --json')).json<StatusDocument>();
    // systemd takes the name that its unit says.
    rmSync(socketOf(home));
    await manage();
    await expect.poll(() => ownOnes(home)).toEqual([]);
    expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
    expect((await provisioning('orchestrator status --json')).json<StatusDocument>().pid).not.toBe(pid);
    expect(ownOnes(home)).toEqual([]);
  },
);

test.runIf(hasActivate)('systemd hands over its socket in the same way', async ({ home, provisioning }) => {
  home.write('flow.json', flow(['true']));
  mkdirSync(home.dataDir, { recursive: true, mode: 0o700 });
  const variables = Object.entries(home.env).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
  const service = spawn(
    'systemd-socket-activate',
    [...variables, '-l', socketOf(home), ...programArgv(), 'orchestrator', 'run'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: home.env },
  );
  // A socket that is there but not listened to yet refuses whoever comes.
  await new Promise<void>((resolve) => createInterface(service.stderr).once('line', () => resolve()));
  expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
  const status = (await provisioning('orchestrator status --json')).json();
  expect(status).toMatchObject({ pid: service.pid, socket: socketOf(home) });
  expect(readFileSync(`${home.dataDir}/daemon.log`, 'utf8').match(/"event":"ready"/g)).toHaveLength(1);
  const ended = once(service, 'close');
  expect((await provisioning('orchestrator stop')).code).toBe(0);
  await ended;
});

test.for([
  [{ LISTEN_PID: '7', LISTEN_FDS: '1' }, [3]],
  [{ LISTEN_PID: '7', LISTEN_FDS: '2' }, [3, 4]],
  [{ LISTEN_PID: '8', LISTEN_FDS: '1' }, []],
  [{ LISTEN_FDS: '1' }, []],
  [{ LISTEN_PID: '7' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: '0' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: '-1' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: '99999999' }, []],
  [{ LISTEN_PID: '7', LISTEN_FDS: 'one' }, []],
] as const)('to process 7, %j hands over %j', ([variables, fds]) => {
  expect(handedSockets(variables, 7)).toEqual(fds);
});
