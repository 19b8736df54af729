import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('on a fresh home there is nothing, and nothing is made', async ({ home, provisioning }) => {
  expect(await provisioning('server list')).toMatchObject({ code: 0, stdout: 'No servers.\n', stderr: '' });
  expect((await provisioning('server list --json')).json()).toEqual([]);
  expect((await provisioning('workflow list --json')).json()).toEqual([]);
  expect(existsSync(home.dataDir)).toBe(false);
});

test('without --infra it shows all infras of the workspace, and no other workspace', async ({ home, provisioning }) => {
  await provisioning('server create web-1 --direct');
  await provisioning('server create web-2 --infra wuji --direct');
  expect((await provisioning('server list')).stdout).toMatch(/web-1 +default.*\nweb-2 +wuji/s);
  expect((await provisioning('server list --infra wuji --quiet')).stdout).toBe('web-2\n');
  expect((await provisioning('server list --quiet', { cwd: home.root })).stdout).toBe('');
  expect((await provisioning(`server list --quiet --workspace ${home.workspace}`, { cwd: home.root })).stdout).toBe(
    'web-1\nweb-2\n',
  );
});

test('control characters in recorded data do not reach the terminal', async ({ provisioning }) => {
  const ran = await provisioning('server create web-1 --plan \u001b[31mred --direct');
  expect(ran.code).toBe(0);
  const shown = await provisioning('server show web-1');
  expect(shown.stdout).toContain(String.raw`plan: \x1b[31mred`);
  expect(shown.stdout).not.toContain('\u001b');
});
