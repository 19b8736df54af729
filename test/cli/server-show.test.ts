import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('it shows definition and facts of each name', async ({ provisioning }) => {
  await provisioning('server create web-1 web-2 --plan small --direct');
  const ran = await provisioning('server show web-2 web-1 --json');
  expect(ran.json()).toMatchObject([
    { name: 'web-2', definition: { plan: 'small' } },
    { name: 'web-1', definition: { plan: 'small' } },
  ]);
});

test('--drift says what it compares, in its help and where nothing differs', async ({ provisioning }) => {
  await provisioning('server create web-1 --direct');
  const same = await provisioning('server show web-1 --drift');
  expect([same.code, same.stdout]).toEqual([
    0,
    'web-1: nothing differs of what was compared: address, hostname, root\n',
  ]);
  // What was looked at is still what it left, not the look.
  expect((await provisioning('workflow status @latest --json')).json()).toMatchObject({ name: 'server.create' });
  expect((await provisioning('workflow list --json')).json()).toMatchObject([{ name: 'server.check' }, {}]);
  const [{ facts }] = (await provisioning('server show web-1 --json')).json<[{ facts: { root: string } }]>();
  rmSync(facts.root, { recursive: true });
  const gone = await provisioning('server show web-1 --drift');
  expect([gone.code, gone.stdout]).toEqual([7, expect.stringContaining('server web-1: it is gone')]);
  const again = await provisioning('server create web-1 --direct');
  expect([again.code, again.stderr]).toEqual([6, expect.stringContaining('has been created, but it is gone')]);
  expect(again.stdout).toContain('provisioning server delete web-1');
  expect((await provisioning('server show --help')).stdout).toContain('not what is installed on them');
  expect((await provisioning('taskserv show --help')).stdout).toContain('packages, files, services');
});

test('a name that does not exist is exit code 4 with a suggestion', async ({ provisioning }) => {
  await provisioning('server create web-1 --direct');
  const ran = await provisioning('server show wbe-1');
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('Did you mean "web-1"?');
});
