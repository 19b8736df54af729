import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { canMount, mountTmpfs } from '../rig/mount.ts';

const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? '';
const REFERENCE = join(import.meta.dirname, '../../templates/workflows/multi-cloud-deployment.ncl');
/** Of no user in the system's list, so it has no home there. */
const NOBODY = 54_321;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('NOT TESTED: bare roots and users without a home, which only root can make');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
type Run = (...args: readonly string[]) => Ended;

/** A root with the file and the libraries that it names, and nothing else: no shell, no `/dev`, no `/proc`. */
function bareRoot({ root }: Home): { readonly folder: string; readonly run: Run } {
  const folder = join(root, 'bare');
  const libraries = execFileSync('ldd', [BINARY], { encoding: 'utf8' }).match(/\/\S+(?= \()/g) ?? [];
  for (const file of libraries) place(file, join(folder, file));
  place(BINARY, join(folder, 'provisioning'));
  place(REFERENCE, join(folder, 'deployment.ncl'));
  const inside = (args: readonly string[]): string[] => [folder, '/provisioning', ...args];
  return { folder, run: (...args) => spawnSync('/usr/sbin/chroot', inside(args), { env: {}, encoding: 'utf8' }) };
}

function place(file: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
}

/** The program in a place that everybody may read, as a user who has no name, no home and no group. */
function asNobody(home: Home, env: Readonly<Record<string, string>>): Run {
  const place = join(home.root, 'place');
  mkdirSync(place);
  copyFileSync(BINARY, join(place, 'provisioning'));
  copyFileSync(REFERENCE, join(place, 'deployment.ncl'));
  for (const folder of [home.root, place]) chmodSync(folder, 0o755);
  const options = { cwd: place, uid: NOBODY, gid: NOBODY, env: { PATH: '/usr/bin:/bin', ...env } };
  return (...args) => spawnSync(join(place, 'provisioning'), args, { ...options, encoding: 'utf8' });
}

test.skipIf(!isRoot)(
  'on a root with nothing but libraries it reads and checks, and says what work wants',
  ({ home }) => {
    const { folder, run } = bareRoot(home);
    expect(run('server', 'list')).toMatchObject({ status: 0, stdout: 'No servers.\n', stderr: '' });
    expect(run('workflow', 'validate', 'deployment.ncl', '--quiet')).toMatchObject({ status: 0, stderr: '' });
    const started = run('orchestrator', 'start');
    expect(started).toMatchObject({ status: 10, stdout: '' });
    expect(started.stderr).toContain('this system has no /dev/null');
    mkdirSync(join(folder, 'dev'));
    execFileSync('mknod', ['-m', '666', join(folder, 'dev/null'), 'c', '1', '3']);
    expect(run('orchestrator', 'start').stderr).toMatch(
      /this system has no \/proc\/self.*\n.*mount -t proc proc \/proc/,
    );
    const direct = run('workflow', 'run', 'deployment.ncl');
    expect(direct.status).toBe(1);
    expect(direct.stderr).toContain('it could not be started: spawn /bin/sh ENOENT');
  },
);

test.skipIf(!isRoot)(
  'a user without a home is told which folder cannot be written, and by what to name another',
  ({ home }) => {
    const run = asNobody(home, {});
    for (const args of [['version'], ['server', 'list'], ['orchestrator', 'stop']])
      expect(run(...args), args.join(' ')).toMatchObject({ status: 0, stderr: '' });
    const refused = run('workflow', 'run', 'deployment.ncl');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/cannot .*\/\.(?:cache|local\/state)\/provisioning.*EACCES/);
    expect(refused.stderr).toMatch(/XDG_CACHE_HOME|storage\.data_dir|PROVISIONING_STORAGE_DATA_DIR/);
  },
);

test.skipIf(!isRoot)('with a folder of its own such a user can do everything', ({ home }) => {
  const own = join(home.root, 'own');
  mkdirSync(own);
  chownSync(own, NOBODY, NOBODY);
  const run = asNobody(home, { XDG_CACHE_HOME: join(own, 'cache'), PROVISIONING_STORAGE_DATA_DIR: join(own, 'state') });
  expect(run('workflow', 'run', 'deployment.ncl', '--quiet')).toMatchObject({ status: 0 });
  expect(run('workflow', 'submit', 'deployment.ncl', '--wait', '--quiet')).toMatchObject({ status: 0 });
  expect(run('orchestrator', 'stop', '--now')).toMatchObject({ status: 0 });
});

/** The program in the test's own home, of which a part is a file system of its own. */
function inHome(home: Home): Run {
  home.write('deployment.ncl', readFileSync(REFERENCE, 'utf8'));
  const options = { cwd: home.workspace, env: home.env, encoding: 'utf8' } as const;
  return (...args) => spawnSync(BINARY, args, options);
}

/** Taken away before the home is: `onTestFinished` would be too late. */
function withMount(folder: string, options: string, body: () => void): void {
  mkdirSync(folder, { recursive: true });
  const unmount = mountTmpfs(folder, options);
  try {
    body();
  } finally {
    unmount();
  }
}

test.skipIf(!canMount)('where nothing can be written the folder is named, and reading works', ({ home }) => {
  const run = inHome({ ...home, env: { ...home.env, XDG_CACHE_HOME: '', XDG_STATE_HOME: '' } });
  withMount(home.env['HOME'] ?? '', 'ro', () => {
    expect(run('server', 'list')).toMatchObject({ status: 0, stdout: 'No servers.\n', stderr: '' });
    const refused = run('workflow', 'run', 'deployment.ncl');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`cannot unpack into ${home.env['HOME'] ?? ''}/.cache/provisioning`);
    expect(refused.stderr).toMatch(/EROFS: read-only file system.*\n.*XDG_CACHE_HOME/);
    const started = run('orchestrator', 'start');
    expect(started.status).toBe(2);
    expect(started.stderr).toMatch(/\.local\/state\/provisioning.*\n.*PROVISIONING_STORAGE_DATA_DIR/);
  });
});

test.skipIf(!canMount)('a cache from which nothing may be executed is named with the key that helps', ({ home }) => {
  withMount(join(home.root, 'cache'), 'noexec', () => {
    const failed = inHome(home)('workflow', 'run', 'deployment.ncl');
    expect(failed.status).toBe(1);
    expect(failed.stdout + failed.stderr).toMatch(/nushell\.binary/);
  });
});
