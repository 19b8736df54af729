import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { PROTOCOL } from '../../src/api/version.ts';
import { statusOf, test } from '../rig/cli-test.ts';
import { processesOf } from '../rig/leaks.ts';
import { programLine } from '../rig/program.ts';
import { makeRelease } from '../rig/release.ts';

interface Started {
  readonly pid: number;
}

test('a script that is killed with all of its group leaves the orchestrator and its task alone', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  const words = programLine('workflow', 'submit', 'flow.json', '--wait');
  const script = spawn('/bin/bash', ['-c', `${words}; true`], {
    cwd: home.workspace,
    env: home.env,
    stdio: 'ignore',
    detached: true,
  });
  const a = await tasks.began('a');
  const ended = new Promise((resolve) => script.once('exit', resolve));
  process.kill(-(script.pid ?? 0), 'SIGKILL');
  await ended;
  expect(tasks.running()).toEqual(['a']);
  expect((await provisioning('orchestrator status')).code).toBe(0);
  a.tell({ exit: 0 });
  await expect.poll(() => statusOf(provisioning)).toBe('completed');
});

test('a proxy in the environment is never asked', async ({ home, provisioning }) => {
  let asked = 0;
  const proxy = createServer((_request, response) => {
    asked += 1;
    response.writeHead(502).end();
  });
  proxy.on('connect', (_request, socket) => {
    asked += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, ALL_PROXY: url, NODE_USE_ENV_PROXY: '1' };
  await provisioning('orchestrator start', { env: { ...env, PROVISIONING_SERVER_PORT: '0' } });
  const { endpoint } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const remote = {
    PROVISIONING_ORCHESTRATOR_ENDPOINT: endpoint ?? '',
    PROVISIONING_TOKEN_FILE: `${home.dataDir}/token`,
  };
  expect((await provisioning('orchestrator status', { env: { ...env, ...remote } })).code).toBe(0);
  expect((await provisioning('workflow list', { env: { ...env, ...remote } })).code).toBe(0);
  proxy.close();
  expect(asked).toBe(0);
});

test('an installation that is removed under a running orchestrator takes no work with it', async ({
  home,
  provisioning,
  tasks,
}) => {
  const release = makeRelease('0.0.9', PROTOCOL);
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json', { program: release.program });
  const a = await tasks.began('a');
  release.remove();
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ version: '0.0.9' });
  a.tell({ exit: 0 });
  await expect.poll(() => statusOf(provisioning)).toBe('completed');
  expect((await provisioning('orchestrator stop')).code).toBe(0);
});

test('a store of a newer version is refused, and not a byte of it is changed', async ({ home, provisioning }) => {
  await provisioning('orchestrator start');
  await provisioning('orchestrator stop');
  const file = `${home.dataDir}/state.db`;
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const hash = (): string => createHash('sha256').update(readFileSync(file)).digest('hex');
  const before = hash();
  for (const args of ['orchestrator start', 'workflow list']) {
    const ran = await provisioning(args);
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('999');
  }
  expect(hash()).toBe(before);
});

test('what another machine left in a folder is neither signalled nor in the way', async ({ home, provisioning }) => {
  const { pid } = (await provisioning('orchestrator start --json')).json<Started>();
  const mine = readFileSync(`${home.dataDir}/daemon.json`, 'utf8');
  await provisioning('orchestrator stop');
  const stranger = { ...(JSON.parse(mine) as object), pid: process.pid, boot_id: 'another', instance_id: 'another' };
  writeFileSync(`${home.dataDir}/daemon.json`, JSON.stringify(stranger));
  expect((await provisioning('orchestrator status')).code).toBe(3);
  const next = (await provisioning('orchestrator start --json')).json<Started>();
  expect([pid, process.pid]).not.toContain(next.pid);
});

test.runIf(process.platform === 'linux')(
  'nothing listens but on this machine’s own addresses',
  async ({ provisioning }) => {
    const { pid } = (
      await provisioning('orchestrator start --json', { env: { PROVISIONING_SERVER_PORT: '0' } })
    ).json<Started>();
    const sockets = new Set(
      readdirSync(`/proc/${pid}/fd`).map((fd) => {
        const link = spawnSync('readlink', [`/proc/${pid}/fd/${fd}`]).stdout.toString();
        return /socket:\[(\d+)\]/.exec(link)?.[1];
      }),
    );
    const LISTENING = '0A';
    const listening = ['tcp', 'tcp6'].flatMap((name) =>
      readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === LISTENING && sockets.has(fields[9]))
        .map((fields) => fields[1]?.split(':')[0]),
    );
    // 127.0.0.1, in the kernel's byte order.
    expect(listening).toEqual(['0100007F']);
  },
);

const canBeNobody = process.getuid?.() === 0 && spawnSync('su', ['-s', '/bin/sh', 'nobody', '-c', 'true']).status === 0;
if (!canBeNobody) console.warn('only root can become another user: what a second one sees is not tested');

test.runIf(canBeNobody)(
  'a second user of the machine can neither connect, list nor read',
  async ({ home, provisioning }) => {
    await provisioning('orchestrator start');
    spawnSync('chmod', ['755', home.root, `${home.root}/state`]);
    const { socket } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
    const as = (script: string) => spawnSync('su', ['-s', '/bin/sh', 'nobody', '-c', script]);
    expect(as(`test -d ${home.root}/state`).status).toBe(0);
    for (const script of [
      `ls ${home.dataDir}`,
      `cat ${home.dataDir}/token`,
      `cat ${home.dataDir}/daemon.log`,
      `curl -sS --unix-socket ${socket} http://localhost/health`,
    ]) {
      const { status, stdout } = as(script);
      expect({ script, failed: status !== 0, stdout: stdout.toString() }).toEqual({ script, failed: true, stdout: '' });
    }
  },
);

test('each task has the environment of its own submission, not that of who started the orchestrator', async ({
  home,
  provisioning,
  tasks,
}) => {
  const own = (name: string) => tasks.operation(name);
  home.write('one.json', JSON.stringify({ name: 'one', operations: [own('one')] }));
  home.write('two.json', JSON.stringify({ name: 'two', operations: [own('two')] }));
  await provisioning('workflow submit one.json', { env: { SSH_AUTH_SOCK: '/agent/one', AWS_PROFILE: 'secret-one' } });
  await provisioning('workflow submit two.json', { env: { SSH_AUTH_SOCK: '/agent/two', AWS_PROFILE: 'secret-two' } });
  const [one, two] = await Promise.all([tasks.began('one'), tasks.began('two')]);
  expect([one.env['SSH_AUTH_SOCK'], two.env['SSH_AUTH_SOCK']]).toEqual(['/agent/one', '/agent/two']);
  expect([one.env['AWS_PROFILE'], two.env['AWS_PROFILE']]).toEqual([undefined, undefined]);
  for (const task of [one, two]) task.tell({ exit: 0 });
  await provisioning('orchestrator stop');
  expect(readFileSync(`${home.dataDir}/state.db`, 'latin1')).not.toContain('secret-');
});

test('in CI it leaves soon after the last command, and leaves nothing behind', async ({ home, provisioning }) => {
  const tmp = `${home.root}/tmp`;
  mkdirSync(tmp);
  const env = { CI: 'true', TMPDIR: tmp, PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: undefined };
  const started = await provisioning('orchestrator start', { env });
  expect(started.stdout + started.stderr).not.toContain('\u001b');
  const shown = await provisioning('config explain orchestrator.idle_timeout_seconds --json', { env });
  expect(shown.json()).toMatchObject({ value: 60 });
  expect((await provisioning('orchestrator stop', { env })).code).toBe(0);
  await expect.poll(() => readdirSync(tmp)).toEqual([]);
});

test('where it is turned off no command leaves a file or a process of it', async ({ home, provisioning }) => {
  const env = { PROVISIONING_ORCHESTRATOR_ENABLED: 'false' };
  home.write('flow.json', '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}');
  for (const args of ['orchestrator start', 'orchestrator restart', 'workflow submit flow.json', 'orchestrator doctor'])
    await provisioning(args, { env });
  expect((await provisioning('workflow run flow.json', { env })).code).toBe(0);
  for (const name of ['daemon.json', 'daemon.lock', 'daemon.sock', 'daemon.log', 'daemon.out'])
    expect(existsSync(`${home.dataDir}/${name}`)).toBe(false);
  await expect.poll(() => processesOf(home)).toEqual([]);
});
