import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect } from 'vitest';
import type { DoctorDocument } from '../../src/api/doctor.ts';
import { PROTOCOL } from '../../src/api/version.ts';
import { examine } from '../../src/client/doctor/examine.ts';
import type { Facts } from '../../src/client/doctor/facts.ts';
import { pathsOf } from '../../src/config/data-paths.ts';
import { failure } from '../../src/domain/failure.ts';
import { ok } from '../../src/domain/result.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { killed, stopped } from '../rig/processes.ts';
import { run } from '../rig/program.ts';
import { makeRelease } from '../rig/release.ts';

type Test = Pick<CliFixtures, 'home' | 'provisioning' | 'begin' | 'tasks'>;

async function report({ provisioning }: Pick<Test, 'provisioning'>, env: Record<string, string> = {}, more = '') {
  const ran = await provisioning(`orchestrator doctor --json ${more}`, { env });
  const document = ran.json<DoctorDocument>();
  expect(ran.code).toBe(document.healthy ? 0 : 7);
  // A container without an init is found too, and is not this test's doing.
  return { ...document, findings: document.findings.filter(({ code }) => code !== 'no_reaper') };
}

const codes = ({ findings }: DoctorDocument): readonly string[] => findings.map(({ code }) => code);

test('where nothing is wrong it says so, with and without an orchestrator, and starts none', async ({
  home,
  provisioning,
}) => {
  expect(await report({ provisioning })).toEqual({ healthy: true, findings: [] });
  expect(existsSync(home.dataDir)).toBe(false);
  await provisioning('orchestrator start');
  expect(await report({ provisioning })).toEqual({ healthy: true, findings: [] });
});

describe('each fault is found and its remedy named', () => {
  test('1: a state folder that others may use is mended', async ({ home, provisioning }) => {
    mkdirSync(home.dataDir, { recursive: true });
    chmodSync(home.dataDir, 0o755);
    expect(codes(await report({ provisioning }))).toEqual(['state_folder_mode']);
    expect(await report({ provisioning }, {}, '--fix')).toMatchObject({ healthy: true, findings: [{ fixed: true }] });
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o700);
  });

  test('2: a state folder that is a link', async ({ home, provisioning }) => {
    mkdirSync(`${home.root}/elsewhere`, { mode: 0o700 });
    mkdirSync(`${home.root}/state`);
    symlinkSync(`${home.root}/elsewhere`, home.dataDir);
    const { healthy, findings } = await report({ provisioning }, {}, '--fix');
    expect({ healthy, codes: findings.map(({ code }) => code) }).toEqual({ healthy: false, codes: ['state_folder'] });
    expect(findings[0]?.fix).toContain('storage.data_dir');
  });

  test('3: a token that others may read, and 4: one that is none, are mended', async ({ home, provisioning }) => {
    mkdirSync(home.dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(`${home.dataDir}/token`, `${'x'.repeat(43)}\n`, { mode: 0o644 });
    expect(codes(await report({ provisioning }, {}, '--fix'))).toEqual(['token_mode']);
    expect(codes(await report({ provisioning }))).toEqual([]);
    writeFileSync(`${home.dataDir}/token`, 'garbage\n');
    expect(await report({ provisioning }, {}, '--fix')).toMatchObject({ healthy: true, findings: [{ code: 'token' }] });
    expect((await provisioning('orchestrator start')).code).toBe(0);
  });

  test('5: what an orchestrator left that was killed, 6: a socket too, and 7: a descriptor of nothing', async ({
    home,
    provisioning,
  }) => {
    const { pid } = (await provisioning('orchestrator start --json')).json<{ pid: number }>();
    await killed(pid);
    expect(codes(await report({ provisioning }))).toEqual(['descriptor_stale', 'socket_stale']);
    expect((await report({ provisioning }, {}, '--fix')).healthy).toBe(true);
    expect(codes(await report({ provisioning }))).toEqual([]);
    writeFileSync(`${home.dataDir}/daemon.json`, '{"pid":');
    expect(codes(await report({ provisioning }))).toEqual(['descriptor_garbage']);
    expect((await report({ provisioning }, {}, '--fix')).healthy).toBe(true);
    expect(existsSync(`${home.dataDir}/daemon.json`)).toBe(false);
  });

  test('8: an orchestrator that does not answer', async ({ provisioning }) => {
    const { pid } = (await provisioning('orchestrator start --json')).json<{ pid: number }>();
    await stopped(pid);
    const env = { PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS: '1' };
    const { findings } = await report({ provisioning }, env, '--fix');
    process.kill(pid, 'SIGCONT');
    expect(findings).toMatchObject([{ code: 'unresponsive', fixed: false }]);
    expect(findings[0]?.fix).toContain(`kill -CONT ${pid}`);
  });

  test('9: an orchestrator of another version', async ({ provisioning, home }) => {
    const older = makeRelease('0.0.9', PROTOCOL);
    await run(home, ['orchestrator', 'start'], { program: older.program });
    const { findings } = await report({ provisioning });
    older.remove();
    expect(findings).toMatchObject([{ code: 'version_skew', fix: expect.stringContaining('restart --drain') }]);
  });

  test('10: a port that somebody else has, and 11: a setting that waits for a restart', async ({ provisioning }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    await provisioning('orchestrator start', { env: { PROVISIONING_SERVER_PORT: port } });
    const { findings } = await report({ provisioning });
    server.close();
    expect(findings).toMatchObject([
      { code: 'trouble', message: expect.stringContaining(port) },
      { code: 'pending_restart', severity: 'notice', message: expect.stringContaining('server.port') },
    ]);
  });

  test('12: a descriptor that a shell left open', async ({ home, provisioning }) => {
    writeFileSync(`${home.root}/lock`, '');
    const argv = [process.execPath, `${import.meta.dirname}/../../bin/provisioning.js`, 'orchestrator', 'run'];
    const script = `exec 200>"${home.root}/lock"; exec "$@"`;
    const shell = spawn('/bin/bash', ['-c', script, 'bash', ...argv], { env: home.env, stdio: 'ignore' });
    await expect.poll(async () => (await provisioning('orchestrator status')).code).toBe(0);
    const { findings } = await report({ provisioning });
    expect(findings).toMatchObject([
      { code: 'leaked_descriptors', message: expect.stringContaining(`200 (${home.root}`) },
    ]);
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    shell.kill('SIGTERM');
    await ended;
  });

  test('13: a process of a task that has ended', async ({ home, provisioning, tasks }) => {
    home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
    await provisioning('workflow submit flow.json');
    const a = await tasks.began('a');
    const stray = spawn('sleep', ['60'], { env: { ...a.env }, stdio: 'ignore' });
    expect(codes(await report({ provisioning }))).toEqual([]);
    a.tell({ exit: 0 });
    await expect.poll(async () => codes(await report({ provisioning }))).toEqual(['orphans']);
    stray.kill('SIGKILL');
  });

  test('14: a debugger and 15: a proxy in the environment', async ({ provisioning }) => {
    const env = { NODE_OPTIONS: '--inspect-port=0', NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' };
    expect(codes(await report({ provisioning }, env))).toEqual(['node_options', 'proxy']);
  });

  test('16: a system that ends everything at logout, unless the user lingers', async ({ home, provisioning }) => {
    home.write(`${home.systemRoot}/etc/systemd/logind.conf.d/own.conf`, '[Login]\nKillUserProcesses=yes\n');
    expect(await report({ provisioning }, { USER: 'ada' })).toMatchObject({ findings: [{ code: 'logout' }] });
    home.write(`${home.systemRoot}/var/lib/systemd/linger/ada`, '');
    expect(codes(await report({ provisioning }, { USER: 'ada' }))).toEqual([]);
  });

  test('17: a clock that was set back', async ({ home, provisioning }) => {
    await provisioning('orchestrator start');
    await provisioning('orchestrator stop');
    utimesSync(`${home.dataDir}/state.db`, new Date(), new Date(Date.now() + 3_600_000));
    expect(codes(await report({ provisioning }))).toEqual(['clock']);
  });

  test('18: a store of a newer version', async ({ home, provisioning }) => {
    await provisioning('orchestrator start');
    await provisioning('orchestrator stop');
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(`${home.dataDir}/state.db`);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(codes(await report({ provisioning }))).toEqual(['store']);
  });
});

test('what cannot be made here is found in facts that say so', async ({ home }) => {
  const proc = `${home.root}/proc`;
  home.write(`${proc}/1/stat`, `1 (init) S 0 ${'0 '.repeat(17)}1`);
  home.write(`${proc}/7/stat`, `7 (a b) c) Z 1 ${'0 '.repeat(17)}99`);
  mkdirSync(home.dataDir, { recursive: true, mode: 0o700 });
  const nobody = { runs: () => Promise.resolve(ok([])) } as unknown as Facts['reads'];
  const facts: Facts = {
    paths: pathsOf(home.dataDir),
    env: {},
    uid: process.getuid?.() ?? -1,
    version: '1.0.0',
    versions: { node: '24.1.0', sqlite: '3.51.2' },
    now: Date.now(),
    proc,
    systemRoot: home.systemRoot,
    fileSystem: () => ({ type: 0x6969, free: 1024 }),
    found: ok(undefined),
    store: { restored: () => undefined, damage: () => undefined },
    status: undefined,
    reads: nobody,
    misfits: [failure('incompatible', 'they differ', { hint: 'Take one.' })],
  };
  const { findings } = await examine(facts, { fix: false });
  expect(findings.map(({ code }) => code)).toEqual([
    'node',
    'sqlite',
    'versions',
    'file_system',
    'disk_full',
    'no_reaper',
  ]);
  expect(findings.map(({ fix }) => fix).join('\n')).toContain('--init');
});

test('every finding says what to do, in the text too', async ({ home, provisioning }) => {
  mkdirSync(home.dataDir, { recursive: true });
  chmodSync(home.dataDir, 0o755);
  const { code, stdout } = await provisioning('orchestrator doctor');
  expect(code).toBe(7);
  expect(stdout).toContain(`chmod 700 ${home.dataDir}`);
  expect(stdout).toContain('doctor --fix');
  rmSync(home.dataDir, { recursive: true });
});
