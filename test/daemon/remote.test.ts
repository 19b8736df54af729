import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, valueOf } from '../rig/daemon.ts';
import { vanished } from '../rig/processes.ts';
import type { Home } from '../rig/daemon.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.close());

const workflow = { name: 'w', operations: [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }] };

test('an endpoint with a token file is used as it stands, and never started', async () => {
  const env = { ...home.env, PROVISIONING_SERVER_PORT: '0' };
  const { pid } = valueOf(await (await home.client({ env })).start());
  const endpoint = home.descriptor()?.endpoint ?? '';
  const remote = await home.client({
    env: { PROVISIONING_ORCHESTRATOR_ENDPOINT: endpoint },
    tokenFile: home.paths.token,
    command: [join(home.root, 'missing')],
  });
  expect(remote.kind).toBe('remote');
  expect(valueOf(await remote.status())).toMatchObject({ running: true, endpoint, socket: null, pid });
  const { workflow_id: id } = valueOf(await remote.submit({ workflow }, 'k'));
  const types: string[] = [];
  valueOf(await remote.follow(id, { after: 0, onEvent: ({ type }) => types.push(type), start: true }));
  expect(types.at(-1)).toBe('run.finished');
  expect(valueOf(await remote.reads.run(id))).toMatchObject({ status: 'completed', workspace: home.root });
  for (const refused of [await remote.stop({ now: false }), await remote.restart({})])
    expect(refused).toMatchObject({ ok: false, error: { code: 'conflict', proof: 'answered' } });
  valueOf(await (await home.client()).stop({ now: false }));
  await vanished(pid);
  const gone = await remote.submit({ workflow }, 'k2');
  expect(gone).toMatchObject({ ok: false, error: { code: 'unavailable', proof: 'not_accepted', reason: 'absent' } });
  expect(existsSync(home.paths.descriptor)).toBe(false);
});

test('a wrong token is told from an orchestrator that is not there', async () => {
  const env = { ...home.env, PROVISIONING_SERVER_PORT: '0' };
  valueOf(await (await home.client({ env })).start());
  const tokenFile = join(home.root, 'other');
  writeFileSync(tokenFile, `${'x'.repeat(43)}\n`);
  const client = await home.client({
    env: { PROVISIONING_ORCHESTRATOR_ENDPOINT: home.descriptor()?.endpoint ?? '' },
    tokenFile,
  });
  const refused = await client.submit({ workflow }, 'k');
  expect(refused).toMatchObject({ ok: false, error: { code: 'unauthorized', proof: 'answered' } });
});

test('a local client finds its orchestrator whatever the port of its endpoint, and is told once', async () => {
  const warnings: string[] = [];
  const env = { ...home.env, PROVISIONING_ORCHESTRATOR_ENDPOINT: 'http://localhost:9' };
  const client = await home.client({ env, onWarning: (text) => warnings.push(text) });
  valueOf(await (await home.client()).start());
  valueOf(await client.submit({ workflow }, 'k'));
  valueOf(await client.submit({ workflow }, 'k'));
  expect(warnings).toEqual([expect.stringContaining('http://localhost:9')]);
});
