import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunSummary } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import { cutProxy } from '../rig/cut-proxy.ts';

const SUBMIT = /^POST \/workflows /;

test('a command that a rule routed is done directly only where nobody can have accepted it', async ({
  home,
  provisioning,
}) => {
  await provisioning('orchestrator start');
  const descriptor = readFileSync(`${home.dataDir}/daemon.json`);
  const proxy = await cutProxy(`${home.dataDir}/daemon.json`, `${home.root}/proxy.sock`);
  const runs = async () => (await provisioning('workflow list --json')).json<readonly RunSummary[]>();
  // Before, within and after the request; within the answer.
  for (const [way, after, accepted] of [
    ['up', 0, 0],
    ['up', 250, 0],
    ['down', 0, 1],
    ['down', 90, 1],
  ] as const) {
    const before = await runs();
    proxy.plan(SUBMIT, { way, after }, 100);
    const ran = await provisioning(`server create ${way}-${after} --json`);
    proxy.plan(SUBMIT, undefined, 0);
    expect({ way, after, code: ran.code }).toEqual({ way, after, code: 10 });
    const made = (await runs()).slice(0, -before.length || undefined);
    expect(made.map(({ mode }) => mode)).toEqual(Array.from({ length: accepted }, () => 'orchestrated'));
  }
  proxy.plan(SUBMIT, { way: 'down', after: 90 }, 1);
  expect((await provisioning('server create once --json')).json()).toMatchObject({
    mode: 'orchestrated',
    status: 'completed',
  });
  await proxy.close();
  // Nobody is behind the descriptor any more.
  const absent = await provisioning('server create absent --orchestrated', {
    env: { PROVISIONING_ORCHESTRATOR_AUTO_START: 'false' },
  });
  expect(absent.code).toBe(10);
  const fallen = await provisioning('server create absent --json', {
    env: { PROVISIONING_ORCHESTRATOR_AUTO_START: 'false' },
  });
  expect(fallen.json()).toMatchObject({ mode: 'direct', status: 'completed', fallback: expect.stringContaining('') });
  expect(fallen.stderr.match(/directly/g)).toHaveLength(1);
  const inCi = await provisioning('server create other', {
    env: { PROVISIONING_ORCHESTRATOR_AUTO_START: 'false', CI: 'true' },
  });
  expect(inCi.code).toBe(10);
  writeFileSync(`${home.dataDir}/daemon.json`, descriptor);
});
