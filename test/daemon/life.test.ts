import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDataDir } from '../../src/adapters/sqlite/data-dir.ts';
import { createSleepWatch } from '../../src/daemon/slept.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import { isDead, stopped, vanished } from '../rig/processes.ts';
import type { Home } from '../rig/daemon.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.close());

const HOOKED = join(import.meta.dirname, 'fixtures', 'hooked.ts');
/** Of its watchdog with a main thread that does not come round: longer than a slow disk holds that up. */
const PATIENCE_MS = 6000;
const lines = (): readonly { readonly event: string; readonly stack?: readonly string[]; readonly why?: string }[] =>
  readFileSync(home.paths.log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });

test('one that does not come round any more says where it is, ends, and its task lives on', async () => {
  const child = spawn(process.execPath, [HOOKED, 'foreground', home.paths.dataDir], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const client = await home.client();
  const script = `echo begun >> ${home.root}/log; until [ -e ${home.root}/go ]; do sleep 0.02; done`;
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['/bin/sh', '-c', script] } }];
  const { workflow_id: id } = valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  await expect.poll(() => existsSync(join(home.root, 'log'))).toBe(true);
  child.kill('SIGUSR2');
  await new Promise((resolve) => child.once('exit', resolve));
  const ended = lines().find(({ event }) => event === 'ended_blocked');
  expect(ended?.stack?.[0]).toContain('spinForEver');
  expect(lines().map(({ event }) => event)).toContain('blocked');
  valueOf(await client.start());
  writeFileSync(join(home.root, 'go'), '');
  valueOf(await client.follow(id, { after: 0, onEvent: () => undefined, start: false }));
  expect(valueOf(await client.reads.run(id))).toMatchObject({ status: 'completed', tasks: [{ attempts: 1 }] });
  expect(readFileSync(join(home.root, 'log'), 'utf8')).toBe('begun\n');
});

test('one that was stopped as a whole for longer is not ended for it', async () => {
  const child = spawn(process.execPath, [HOOKED, 'foreground', home.paths.dataDir], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await stopped(child.pid ?? 0);
  await pause(PATIENCE_MS + 2000);
  child.kill('SIGCONT');
  await pause(2000);
  expect(valueOf(await (await home.client()).status())).toMatchObject({ running: true, pid: child.pid });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('one that grew too big leaves when it is idle, and not while it has work', async () => {
  const client = await home.client({ command: [process.execPath, HOOKED] });
  const script = `until [ -e ${home.root}/go ]; do sleep 0.02; done`;
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['/bin/sh', '-c', script] } }];
  valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  const pid = home.descriptor()?.pid ?? 0;
  // It looks every five seconds.
  await pause(7000);
  expect(isDead(pid)).toBe(false);
  writeFileSync(join(home.root, 'go'), '');
  await vanished(pid);
  expect(lines().findLast(({ event }) => event === 'leaving')?.why).toBe('memory');
});

const canUnshare = process.getuid?.() === 0 && spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0;
if (!canUnshare) console.warn('this user may not unshare: the container without an init is skipped');

test.runIf(canUnshare)('where process 1 buries nobody, the dead are not taken for the living', () => {
  const one = join(import.meta.dirname, 'fixtures', 'process-one.ts');
  const program = join(import.meta.dirname, '..', '..', 'bin', 'provisioning.js');
  const ran = spawnSync('unshare', ['-pf', '--mount-proc', process.execPath, one, program], { env: home.env });
  expect(JSON.parse(ran.stdout.toString())).toEqual({ self: 1, first: 'Z', another: true });
});

test.each([
  ['NFS', 0x6969],
  ['SMB', 0xfe534d42],
  ['9p', 0x01021997],
])('a state folder on %s is refused by name', (name, type) => {
  expect(prepareDataDir(home.paths.dataDir, () => type)).toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(new RegExp(`${home.paths.dataDir}.*${name}`)),
  });
  expect(prepareDataDir(home.paths.dataDir)).toBeUndefined();
});

test('a machine that slept is told by its clocks, which moved apart', () => {
  let [wall, monotonic] = [1_000_000, 0];
  const slept = createSleepWatch(
    () => wall,
    () => monotonic,
  );
  [wall, monotonic] = [wall + 5001, monotonic + 5000];
  expect(slept()).toBeUndefined();
  [wall, monotonic] = [wall + 8 * 3_600_000, monotonic + 5000];
  expect(slept()).toBe(8 * 3_600_000 - 5000);
  expect(slept()).toBeUndefined();
  wall -= 60_000;
  expect(slept()).toBe(-60_000);
});

test('one that does not get ready in time is ended, and nothing of it stays', async () => {
  const program = join(home.root, 'slow.mjs');
  writeFileSync(program, 'setInterval(() => {}, 1000)');
  const { spawnDaemon } = await import('../../src/client/spawn.ts');
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  const { dataDir, output } = home.paths;
  const late = await spawnDaemon({
    dataDir,
    output,
    env: home.env,
    limitMs: 500,
    command: [process.execPath, program],
  });
  expect(late).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  const left = (): string => spawnSync('pgrep', ['-f', program]).stdout.toString();
  await expect.poll(left).toBe('');
});
