import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { PROTOCOL } from '../../src/api/version.ts';
import { test } from '../rig/cli-test.ts';
import { makeRelease } from '../rig/release.ts';
import { upgradeWhileTasksRun } from '../rig/upgrade.ts';

test('a version that is installed over another one, while ten tasks are on their way, finishes them; none runs twice', async ({
  home,
  provisioning,
  tasks,
}) => {
  const [older, newer] = [makeRelease(manifest.version, PROTOCOL), makeRelease('99.0.0', PROTOCOL)];
  const place = join(home.root, 'installed');
  renameSync(older.folder, place);
  onTestFinished(() => {
    newer.remove();
  });
  await upgradeWhileTasksRun(
    { home, provisioning, tasks },
    {
      program: [process.execPath, join(place, 'bin', 'provisioning.js')],
      version: manifest.version,
      next: '99.0.0',
      replace() {
        renameSync(place, `${place}.old`);
        renameSync(newer.folder, place);
      },
    },
  );
});
