import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { ResourceDocument, RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const WUJI = JSON.stringify({
  provider: 'local',
  servers: [
    { name: 'wuji-1', plan: '2xCPU-4GB' },
    { name: 'wuji-2', plan: '1xCPU-1GB' },
  ],
});

test('an infra folder that cannot be looked into is named, and not said to have no such file', async ({
  home,
  provisioning,
}) => {
  symlinkSync('infra', join(home.workspace, 'infra'));
  const { code, stderr } = await provisioning('server create --infra dev --direct');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('links lead in a circle') });
});

test('one server is created directly, and the run document says how', async ({ provisioning }) => {
  const ran = await provisioning('server create web-1 --direct --json');
  expect(ran.code).toBe(0);
  const run = ran.json<RunDocument>();
  expect(run).toMatchObject({ name: 'server.create', status: 'completed', mode: 'direct', infra: 'default' });
  expect(run.tasks[0]).toMatchObject({ id: 'web-1', attempts: 1, message: 'Server web-1 created' });
});

test('every server of an infra is created, and recorded in its inventory', async ({ home, provisioning }) => {
  home.write('infra/wuji.json', WUJI);
  const ran = await provisioning('server create --infra wuji --direct --quiet');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  const servers = (await provisioning('server list --json')).json<readonly ResourceDocument[]>();
  expect(servers.map(({ name, infra, definition }) => [name, infra, definition['plan']])).toEqual([
    ['wuji-1', 'wuji', '2xCPU-4GB'],
    ['wuji-2', 'wuji', '1xCPU-1GB'],
  ]);
});

test('a name that is not in the infra is refused with a suggestion', async ({ home, provisioning }) => {
  home.write('infra/wuji.json', WUJI);
  const ran = await provisioning('server create wuji-3 --infra wuji --direct');
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('infra "wuji" has no server "wuji-3"');
  expect(ran.stderr).toContain('Did you mean "wuji-1"?');
});

test('what exists with the same definition is no error, and a conflict with another', async ({ provisioning }) => {
  expect((await provisioning('server create web-1 --plan small --direct')).code).toBe(0);
  const recorded = (await provisioning('server show web-1 --json')).json();
  const again = await provisioning('server create web-1 --plan small --direct');
  expect(again.code).toBe(0);
  expect((await provisioning('server show web-1 --json')).json()).toEqual(recorded);
  expect(again.stdout).toContain('exists already, unchanged');
  const other = await provisioning('server create web-1 --plan large --direct --json');
  expect(other.code).toBe(6);
  expect(other.json<RunDocument>().tasks[0]?.failure).toMatchObject({ code: 'conflict' });
});

test('progress goes to stderr, data to stdout', async ({ provisioning }) => {
  const ran = await provisioning('server create web-1 --direct');
  expect(ran.stderr).toMatch(/web-1 started\n.*web-1 completed: Server web-1 created\n/s);
  expect(ran.stdout).toMatch(/web-1 +server\.create +completed +1 +\S+ +Server web-1 created\n/);
});

test('the same key and request mean the same run, another request is a conflict', async ({ provisioning }) => {
  const first = await provisioning('server create web-1 --direct --key k --quiet');
  const second = await provisioning('server create web-1 --direct --key k --quiet');
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(second.stdout).toBe(first.stdout);
  const other = await provisioning('server create web-2 --direct --key k');
  expect(other.code).toBe(6);
  expect(other.stderr).toContain('error:');
  expect((await provisioning('server list --quiet')).stdout).toBe('web-1\n');
});

test('names from the command line never reach a shell', async ({ home }) => {
  const { run } = await import('../rig/program.ts');
  for (const name of [`'; touch ${home.root}/pwned #`, '$(id)', '../../etc', 'a\nb', 'x'.repeat(10_000)]) {
    const ran = await run(home, ['server', 'create', name, '--direct']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('is not a name');
    const infra = await run(home, ['server', 'create', '--infra', name, '--direct']);
    expect(infra.code).toBe(2);
  }
  const { existsSync } = await import('node:fs');
  expect(existsSync(`${home.root}/pwned`)).toBe(false);
});

describe('handed to the orchestrator', () => {
  test('it is waited for where a rule decided', async ({ provisioning }) => {
    const ran = await provisioning('server create web-1 web-2 --json');
    expect(ran.code).toBe(0);
    expect(ran.json<RunDocument>()).toMatchObject({ status: 'completed', mode: 'orchestrated' });
    expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ running: true });
  });

  test('--orchestrated and --detach return at once with the id', async ({ provisioning }) => {
    const asked = await provisioning('server create web-1 --orchestrated --json');
    expect(asked.json()).toEqual({ workflow_id: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 'queued' });
    const detached = await provisioning('server create web-2 --detach');
    expect(detached.code).toBe(0);
    expect(detached.stdout).toContain('provisioning workflow monitor');
    const waited = await provisioning('server create web-3 --orchestrated --wait --json');
    expect(waited.json<RunDocument>().status).toBe('completed');
  });

  test('an orchestrator that cannot start is fallen back from, and the run says so', async ({ home, provisioning }) => {
    const env = { PROVISIONING_ORCHESTRATOR_AUTO_START: 'false' };
    const ran = await provisioning('server create web-1 --json', { env });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('it is done directly');
    expect(ran.json()).toMatchObject({ mode: 'direct', status: 'completed', fallback: expect.stringContaining('') });
    const explicit = await provisioning('server create web-2 --orchestrated', { env });
    expect(explicit.code).toBe(10);
    expect(home.env['CI']).toBeUndefined();
    const inCi = await provisioning('server create web-2', { env: { ...env, CI: 'true' } });
    expect(inCi.code).toBe(10);
  });

  test('--detach contradicts direct execution', async ({ provisioning }) => {
    const ran = await provisioning('server create web-1 --direct --detach');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('--detach needs the orchestrator');
  });
});
