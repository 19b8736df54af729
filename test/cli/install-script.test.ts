import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { defaultsDocument, writeRelease } from '../../src/build/release.ts';
import { readDocument } from '../../src/config/document.ts';
import { KEYS } from '../../src/config/keys.ts';
import { test as base } from '../rig/cli-test.ts';
import { programArgv, writeProgram } from '../rig/program.ts';

interface Installer {
  readonly release: string;
  readonly prefix: string;
  readonly at: (path: string) => string;
  readonly run: (...args: readonly string[]) => { code: number | null; stdout: string; stderr: string };
}

/** A release whose executable is the single file where there is one, else a program that stands for it. */
const test = base.extend<{ installer: Installer }>({
  installer: async ({ home }, use) => {
    const folder = join(home.root, 'a b ü');
    mkdirSync(folder);
    const executable = join(folder, 'provisioning');
    const [program, ...args] = programArgv();
    if (args.length === 0) copyFileSync(program, executable);
    else writeProgram(executable);
    const [release, prefix] = [join(folder, 'release'), join(folder, 'prefix')];
    writeRelease(executable, release);
    const run: Installer['run'] = (...given) => {
      const argv = given.some((arg) => arg === '--prefix') ? given : [...given, '--prefix', prefix];
      const ran = spawnSync(join(release, 'install.sh'), argv, {
        env: home.env,
        cwd: home.workspace,
        encoding: 'utf8',
      });
      return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
    };
    await use({ release, prefix, at: (path) => join(prefix, path), run });
  },
});

const everything = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted() : [];

test('a release installs itself, twice without a change, and takes all of it away again', ({ home, installer }) => {
  const { at, run, prefix } = installer;
  const first = run();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(at('bin/provisioning'));
  expect(first.stdout).toContain('not on your PATH');
  expect(statSync(at('bin/provisioning')).mode & 0o777).toBe(0o755);
  for (const path of [
    'lib/provisioning/servers/create.nu',
    'share/provisioning/templates/workflows/multi-cloud-deployment.ncl',
    'share/provisioning/config/config.defaults.toml',
    'share/man/man1/provisioning.1',
  ])
    expect(existsSync(at(path))).toBe(true);
  const installed = spawnSync(at('bin/provisioning'), ['server', 'list', '--json'], {
    env: home.env,
    encoding: 'utf8',
  });
  expect(installed).toMatchObject({ status: 0, stdout: '[]\n' });
  const before = everything(prefix);
  expect(run().stdout).toContain('already');
  expect(everything(prefix)).toEqual(before);
  expect(run('uninstall')).toMatchObject({ code: 0, stderr: '' });
  expect(everything(prefix)).toEqual([]);
  expect(run('uninstall')).toMatchObject({ code: 1, stderr: expect.stringContaining(prefix) });
});

test('an archive does as well as a folder', ({ home, installer }) => {
  const archive = join(home.root, 'release.tar.gz');
  spawnSync('tar', ['-czf', archive, '-C', join(installer.release, '..'), 'release']);
  expect(installer.run('--from', archive)).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(installer.at('lib/provisioning/servers/create.nu'))).toBe(true);
  const broken = home.write('broken.tar.gz', 'no archive');
  expect(installer.run('--from', broken)).toMatchObject({ code: 1, stderr: expect.stringContaining('no archive') });
});

test('a release that is damaged, incomplete or none changes nothing, and says what is wrong', ({ home, installer }) => {
  const { release, run, prefix } = installer;
  const file = join(release, 'lib/provisioning/servers/create.nu');
  appendFileSync(file, '# changed\n');
  expect(run()).toMatchObject({ code: 1, stderr: expect.stringMatching(/damaged[\s\S]*servers\/create\.nu/) });
  rmSync(file);
  expect(run()).toMatchObject({ code: 1, stderr: expect.stringContaining('servers/create.nu') });
  expect(run('--from', home.workspace)).toMatchObject({ code: 1, stderr: expect.stringContaining('SHA256SUMS') });
  expect(run('--from', join(home.root, 'none'))).toMatchObject({ code: 1, stderr: expect.stringContaining('none') });
  expect(run('--frm')).toMatchObject({ code: 2, stderr: expect.stringContaining('--frm') });
  expect(run('--from')).toMatchObject({ code: 2 });
  expect(everything(prefix)).toEqual([]);
});

test('what others put there stays: it is refused by name, replaced only by force and kept then', ({ installer }) => {
  const { at, run } = installer;
  mkdirSync(at('lib/provisioning/servers'), { recursive: true });
  mkdirSync(at('share/provisioning/platform'), { recursive: true });
  writeFileSync(at('lib/provisioning/servers/create.nu'), '# of an older installation\n');
  writeFileSync(at('share/provisioning/platform/config.toml'), '# of the administrator\n');
  const refused = run();
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(at('lib/provisioning/servers/create.nu')) });
  expect(existsSync(at('bin/provisioning'))).toBe(false);
  expect(run('--force').code).toBe(0);
  expect(readFileSync(at('lib/provisioning/servers/create.nu.before'), 'utf8')).toContain('older');
  expect(run('uninstall').code).toBe(0);
  expect(readFileSync(at('share/provisioning/platform/config.toml'), 'utf8')).toContain('administrator');
});

test('a newer release goes over an older one: what it no longer has is taken away', ({ installer }) => {
  const { release, at, run } = installer;
  expect(run().code).toBe(0);
  const gone = 'lib/provisioning/servers/create.nu';
  const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8');
  writeFileSync(join(release, 'SHA256SUMS'), sums.replace(new RegExp(`^.*  ${gone}\n`, 'm'), ''));
  expect(run().code).toBe(0);
  expect(existsSync(at(gone))).toBe(false);
  expect(existsSync(at('lib/provisioning/servers/delete.nu'))).toBe(true);
});

test('with --service the orchestrator becomes a service of the user or the machine, until all is taken away', ({
  home,
  installer,
}) => {
  const installed = installer.run('--service');
  expect(installed).toMatchObject({ code: 0, stderr: '' });
  const unit =
    process.getuid?.() === 0
      ? join(home.systemRoot, 'etc/systemd/system/provisioning.service')
      : join(home.root, 'config/systemd/user/provisioning.service');
  expect(existsSync(unit)).toBe(true);
  expect(installer.run('uninstall').code).toBe(0);
  expect(existsSync(unit)).toBe(false);
});

test('a folder that cannot be written is refused by name', ({ installer, home }) => {
  const file = home.write('file', '');
  const refused = installer.run('--prefix', `${file}/below`);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`${file}/below`) });
  chmodSync(file, 0o600);
});

test('the defaults that are shipped name every key, and say nothing themselves', () => {
  const text = defaultsDocument();
  expect(KEYS.filter(({ name }) => !text.includes(`# ${name} = `))).toEqual([]);
  expect(readDocument({ file: 'x.toml', text, ofWorkspace: false }, '/')).toMatchObject({ said: [], failures: [] });
});
