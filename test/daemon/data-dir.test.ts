import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathsOf } from '../../src/config/data-paths.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { programArgv } from '../rig/program.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.close());

const asRoot = process.getuid?.() === 0;

const BAD: readonly (readonly [string, (dataDir: string) => void])[] = [
  ['a file', (dataDir) => writeFileSync(dataDir, '')],
  ['below a file', (dataDir) => (writeFileSync(join(dataDir, '..', 'file'), ''), symlinkSync('file/below', dataDir))],
  ['a link to a good folder', (dataDir) => (mkdirSync(`${dataDir}2`, { mode: 0o700 }), symlinkSync('state2', dataDir))],
  ['writable by others', (dataDir) => (mkdirSync(dataDir), chmodSync(dataDir, 0o777))],
  ['writable by the group', (dataDir) => (mkdirSync(dataDir), chmodSync(dataDir, 0o770))],
];

test.each(BAD)('a state folder that is %s is refused by name before anything is started', async (_name, make) => {
  make(home.paths.dataDir);
  const refused = await (await home.client()).start();
  expect(refused).toMatchObject({ ok: false, error: { code: 'config_invalid', proof: 'not_accepted' } });
  expect(JSON.stringify(refused)).toContain(home.paths.dataDir);
  expect(JSON.stringify(refused)).toContain('storage.data_dir');
  const child = home.run();
  let printed = '';
  child.stdout?.on('data', (piece: Buffer) => (printed += piece.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(printed).toContain('"code":"config_invalid"');
});

test.runIf(asRoot)('a state folder that another user owns is refused', async () => {
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  chownSync(home.paths.dataDir, 12345, 12345);
  expect(await (await home.client()).start()).toMatchObject({ ok: false, error: { code: 'config_invalid' } });
});

test.runIf(process.platform === 'linux')(
  'a home below /proc, where no folder can be made, is refused at once',
  async () => {
    const client = await home.client({ files: pathsOf('/proc/nowhere/.local/state/provisioning') });
    const refused = await client.start();
    expect(refused).toMatchObject({ ok: false, error: { code: 'config_invalid', proof: 'not_accepted' } });
    expect(JSON.stringify(refused)).toContain('no folder can be made there');
  },
);

test('a state folder that others could only read is made private', async () => {
  mkdirSync(home.paths.dataDir, { mode: 0o755 });
  valueOf(await (await home.client()).start());
  expect(statSync(home.paths.dataDir).mode & 0o777).toBe(0o700);
});

const HIDDEN: readonly (readonly [string, (dataDir: string) => void])[] = [
  ['a file', (dataDir) => writeFileSync(dataDir, '')],
  ['below a file', (dataDir) => (writeFileSync(join(dataDir, '..', 'file'), ''), symlinkSync('file/below', dataDir))],
];

test('doctor names a state folder that is a file, and is not felled by it', () => {
  writeFileSync(home.paths.dataDir, '');
  const [file, ...before] = programArgv();
  const env = { ...process.env, ...home.env };
  const ran = spawnSync(file, [...before, 'orchestrator', 'doctor'], { cwd: home.root, env, encoding: 'utf8' });
  expect(ran.status).toBe(7);
  expect(ran.stdout).toContain(`the state folder ${home.paths.dataDir} is no folder`);
});

test.each(HIDDEN)('nobody is told that there are no runs where the state folder is %s', async (_name, make) => {
  make(home.paths.dataDir);
  for (const command of ['workflow list', 'server list', 'workflow status @latest']) {
    const [file, ...before] = programArgv();
    const { status, stdout, stderr } = spawnSync(file, [...before, ...command.split(' ')], {
      cwd: home.root,
      env: { ...process.env, ...home.env },
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`the state folder ${home.paths.dataDir} cannot be used`);
  }
});
