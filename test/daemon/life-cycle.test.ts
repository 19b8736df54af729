import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, valueOf } from '../rig/daemon.ts';
import { isDead, killed, vanished } from '../rig/processes.ts';
import type { Home } from '../rig/daemon.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.close());

const started = async (options: Parameters<Home['client']>[0] = {}) =>
  valueOf(await (await home.client(options)).start());
const logged = (event: string): number =>
  readFileSync(home.paths.log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`)).length;

test('the first command starts an orchestrator, the second finds it, and stop ends it', async () => {
  const client = await home.client();
  expect(valueOf(await client.status())).toMatchObject({ running: false, pid: null });
  expect(existsSync(home.paths.dataDir)).toBe(false);
  const first = await started();
  const second = await started();
  expect(second.instance_id).toBe(first.instance_id);
  expect(valueOf(await client.status())).toMatchObject({ running: true, pid: first.pid, pending_restart: [] });
  expect(valueOf(await client.stop({ now: false }))).toEqual({ was_running: true });
  expect(existsSync(home.paths.descriptor)).toBe(false);
  await vanished(first.pid);
  expect(valueOf(await client.stop({ now: false }))).toEqual({ was_running: false });
});

test('stop answers when the next one may start, and everybody who asks', async () => {
  const client = await home.client();
  for (let round = 0; round < 3; round += 1) {
    const { pid } = await started();
    const answers = await Promise.all([1, 2, 3].map(() => client.stop({ now: false })));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const next = await started();
    expect(next.pid).not.toBe(pid);
    await client.stop({ now: false });
  }
  expect(logged('ready')).toBe(6);
});

test('thirty clients on a cold home start one orchestrator', async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => started()));
  expect(new Set(all.map(({ instance_id }) => instance_id)).size).toBe(1);
  expect(logged('ready')).toBe(1);
});

test('after kill -9 the next command starts another at once', async () => {
  const { pid } = await started();
  await killed(pid);
  expect(existsSync(home.paths.descriptor)).toBe(true);
  const next = await started();
  expect(next.pid).not.toBe(pid);
});

test.each([
  ['garbage', '{"pid":'],
  ['nothing', ''],
  ['another thing', '{"pid":1,"socket":"/x"}'],
])('a descriptor that holds %s counts as none', async (_name, text) => {
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  writeFileSync(home.paths.descriptor, text);
  const client = await home.client();
  expect(valueOf(await client.status()).running).toBe(false);
  await started();
  expect(valueOf(await client.status()).running).toBe(true);
});

test('what an orchestrator printed before it died is kept until the next but one starts', async () => {
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  writeFileSync(home.paths.output, 'Error: died badly\n');
  await started();
  expect(readFileSync(home.paths.output, 'utf8')).toBe('');
  expect(readFileSync(`${home.paths.output}.1`, 'utf8')).toBe('Error: died badly\n');
});

test('a descriptor that names a living stranger harms nobody', async () => {
  const { pid } = await started();
  const stranger = { ...home.descriptor(), pid: process.pid, socket: join(home.root, 'nobody') };
  await killed(pid);
  writeFileSync(home.paths.descriptor, JSON.stringify(stranger));
  const next = await started();
  expect(next.pid).not.toBe(process.pid);
});

test('a starter that died with the spawn lock does not hold up the next', async () => {
  await started();
  await (await home.client()).stop({ now: false });
  const program = join(import.meta.dirname, '..', 'rig', 'hold-lock.ts');
  const holder = spawn(process.execPath, [program, home.paths.spawnLock], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  let late = false;
  const next = started().finally(() => (late = true));
  await pause(300);
  expect(late).toBe(false);
  holder.kill('SIGKILL');
  await next;
});

test('a start that fails says the real reason, at once', async () => {
  const env = { ...home.env, PROVISIONING_SERVER_HOST: '0.0.0.0', PROVISIONING_SERVER_PORT: '0' };
  const refused = await (await home.client({ env })).start();
  expect(refused).toMatchObject({ ok: false, error: { code: 'config_invalid', proof: 'not_accepted' } });
  expect(JSON.stringify(refused)).toContain('0.0.0.0');
  expect(existsSync(home.paths.descriptor)).toBe(false);
});

test('a program that crashes at its start is shown with what it printed', async () => {
  const program = join(home.root, 'crash.mjs');
  writeFileSync(program, 'throw new Error("boots badly")');
  const crashed = await (await home.client({ command: [process.execPath, program] })).start();
  expect(crashed).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'not_accepted' } });
  if (crashed.ok) return;
  expect(crashed.error.message).toBe('the orchestrator ended before it was ready');
  expect(crashed.error.report).toContain('boots badly');
  expect(crashed.error.hint).toContain(home.paths.output);
});

test('a program that does not exist is no orchestrator', async () => {
  const missing = await (await home.client({ command: [join(home.root, 'missing')] })).start();
  expect(missing).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'not_accepted' } });
});

test('with auto_start = false only an explicit start starts one', async () => {
  const client = await home.client({ env: { ...home.env, PROVISIONING_ORCHESTRATOR_AUTO_START: 'false' } });
  const refused = await client.submit({ workflow: {} }, 'k');
  expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'not_accepted', reason: 'absent' } });
  expect(valueOf(await client.start()).status).toBe('healthy');
});

test('it leaves when it has been idle, and not while it has work', async () => {
  const env = { ...home.env, PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '1' };
  const client = await home.client({ env });
  const go = join(home.root, 'go');
  const argv = ['/bin/sh', '-c', `until [ -e ${go} ]; do sleep 0.02; done`];
  const operations = [{ id: 'a', type: 'command.run', params: { argv } }];
  valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  const pid = home.descriptor()?.pid ?? 0;
  await pause(3000);
  expect(isDead(pid)).toBe(false);
  writeFileSync(go, '');
  await vanished(pid);
  expect(existsSync(home.paths.descriptor)).toBe(false);
  expect(readdirSync(home.paths.dataDir).filter((name) => name.includes('sock'))).toEqual([]);
  expect(readFileSync(home.paths.log, 'utf8')).toContain('"why":"idle"');
});

test('no request is lost to an orchestrator that leaves just then', async () => {
  const env = { ...home.env, PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '1' };
  const client = await home.client({ env });
  const workflow = { name: 'w', operations: [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }] };
  for (let round = 0; round < 3; round += 1) {
    const accepted = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, round === 0 ? 0 : 1000 + index * 5));
        return client.submit({ workflow }, `round-${round}-${index}`);
      }),
    );
    expect(accepted.filter(({ ok }) => !ok)).toEqual([]);
  }
});

test('TERM drains it: a running task lives on, and the next orchestrator takes it over', async () => {
  const client = await home.client();
  const { pid } = await started();
  const script = `echo begun >> ${home.root}/log; until [ -e ${home.root}/go ]; do sleep 0.02; done; echo done >> ${home.root}/log`;
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['/bin/sh', '-c', script] } }];
  const { workflow_id: id } = valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  await expect.poll(() => existsSync(join(home.root, 'log'))).toBe(true);
  const types: string[] = [];
  const followed = client.follow(id, { after: 0, onEvent: ({ type }) => types.push(type), start: true });
  process.kill(pid, 'SIGTERM');
  await vanished(pid);
  writeFileSync(join(home.root, 'go'), '');
  expect(valueOf(await followed)).toEqual({ finished: true });
  expect(readFileSync(join(home.root, 'log'), 'utf8')).toBe('begun\ndone\n');
  expect(types.join(' ')).toBe('run.accepted run.started task.started run.adopted task.completed run.finished');
});

test('stop --now cancels the runs first', async () => {
  const client = await home.client();
  const { pid } = await started();
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['sleep', '1000'] } }];
  const { workflow_id: id } = valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  valueOf(await client.stop({ now: true }));
  await vanished(pid);
  await started();
  expect(valueOf(await client.reads.run(id)).status).toBe('cancelled');
});

test('it leaves when its folder, its descriptor or its token has been removed', async () => {
  const homes = (['dataDir', 'descriptor', 'token'] as const).map((what) => ({ what, home: makeHome() }));
  await Promise.all(
    homes.map(async ({ what, home: own }) => {
      const { pid } = valueOf(await (await own.client()).start());
      removeUnder(own.paths[what]);
      await vanished(pid);
      expect(existsSync(own.paths.dataDir)).toBe(what !== 'dataDir');
      await own.close();
    }),
  );
});

test('one that lost its folder leaves its successor alone', async () => {
  const { pid } = await started();
  removeUnder(home.paths.dataDir);
  const next = await started();
  await vanished(pid);
  expect(isDead(next.pid)).toBe(false);
  expect((await started()).instance_id).toBe(next.instance_id);
});

test('a socket path that is too long for the kernel is replaced by a short one', async () => {
  await home.close();
  home = makeHome(join('/tmp', `provisioning-test-long-${process.pid}`, 'x'.repeat(110)));
  await started();
  const socket = home.descriptor()?.socket ?? '';
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
  expect(socket).toMatch(/^\/tmp\/provisioning-\d+\/[0-9a-f]{16}\.sock$/);
  valueOf(await (await home.client()).stop({ now: false }));
  expect(existsSync(socket)).toBe(false);
  rmSync(join(home.paths.dataDir, '..'), { recursive: true });
  removeIfEmpty(dirname(socket));
});

test('a port that is taken does not stop it, and status names the trouble', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const env = { ...home.env, PROVISIONING_SERVER_PORT: String(port) };
  const { troubles } = await started({ env });
  expect(troubles).toEqual([expect.stringContaining(`127.0.0.1:${port}`)]);
  expect(home.descriptor()?.endpoint).toBeNull();
  server.close();
});

test('it keeps nothing of the command that started it', async () => {
  const lock = openSync(join(home.root, 'lock'), 'w');
  const env = { ...home.env, NODE_OPTIONS: '--title=leaked', AWS_SECRET: 'x', PROVISIONING_TASK_TOKEN: 'x', CI: '' };
  const { pid } = await started({ env });
  closeSync(lock);
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const variables = read('environ').split('\0');
  expect(variables.filter((line) => /NODE_OPTIONS|AWS|TASK/.test(line))).toEqual([]);
  expect(read('status')).toMatch(/^Umask:\s+0077$/m);
  const [, , , session] = read('stat').slice(read('stat').lastIndexOf(')')).split(' ');
  expect(Number(session)).toBe(pid);
  expect(read('cmdline')).not.toContain(home.token());
  const files = readdirSync(`/proc/${pid}/fd`).length;
  expect(files).toBeLessThan(40);
});

test('descriptors that a shell left open are closed', async () => {
  const client = join(import.meta.dirname, '..', 'rig', 'start-client.ts');
  const lock = join(home.root, 'held');
  const script = `exec 200>"${lock}" 63>"${lock}.63"; flock 200; "${process.execPath}" "${client}" "${home.paths.dataDir}"`;
  const shell = spawn('/bin/bash', ['-c', script], { env: home.env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  shell.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
  await new Promise((resolve) => shell.once('close', resolve));
  expect(printed).toBe('healthy\n');
  expect(isDead(home.descriptor()?.pid ?? 0)).toBe(false);
  const taken = spawn('flock', ['-n', lock, 'true']);
  expect(await new Promise((resolve) => taken.once('exit', resolve))).toBe(0);
});

test('a foreground orchestrator says that it is ready, and why it ended', async () => {
  const child = home.run();
  let printed = '';
  child.stdout?.on('data', (piece: Buffer) => {
    printed += piece.toString();
    if (printed === '{"ready":true}\n') child.kill('SIGTERM');
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  expect(printed).toBe('{"ready":true}\n{"kind":"signal"}\n');
});

test('a second orchestrator on the same folder is told that one runs', async () => {
  await started();
  const child = home.run();
  let printed = '';
  child.stdout?.on('data', (piece: Buffer) => (printed += piece.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(printed).toBe('{"already_running":true}\n{"kind":"already_running"}\n');
});

/** Whoever removes a folder under an orchestrator has to be quicker than that makes new files in it. */
function removeUnder(path: string): void {
  rmSync(path, { recursive: true, maxRetries: 10, retryDelay: 10 });
}

/** It may have been there before, for somebody else. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody's socket is in it.
  }
}
