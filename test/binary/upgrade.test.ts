import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { PROTOCOL } from '../../src/api/version.ts';
import { test } from '../rig/cli-test.ts';
import { makeRelease } from '../rig/release.ts';
import { upgradeWhileTasksRun } from '../rig/upgrade.ts';

const BINARY = process.env['PROVISIONING_TEST_BINARY'] ?? '';

test(
  'a single file that is renamed over the one that runs, while ten tasks are on their way, finishes them; none runs twice',
  { timeout: 300_000 },
  async ({ home, provisioning, tasks }) => {
    const newer = makeRelease('99.0.0', PROTOCOL);
    try {
      execFileSync(process.execPath, ['src/build/build.ts'], { cwd: newer.folder, stdio: 'pipe' });
      const folder = join(home.root, 'usr', 'bin');
      mkdirSync(folder, { recursive: true });
      const file = join(folder, 'provisioning');
      copyFileSync(BINARY, file);
      await upgradeWhileTasksRun(
        { home, provisioning, tasks },
        {
          program: [file],
          version: manifest.version,
          next: '99.0.0',
          replace() {
            copyFileSync(join(newer.folder, 'dist', 'provisioning'), `${file}.new`);
            renameSync(`${file}.new`, file);
          },
        },
      );
      expect((await provisioning('version --json', { program: [file] })).json()).toMatchObject({ version: '99.0.0' });
    } finally {
      newer.remove();
    }
  },
);
