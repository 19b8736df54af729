import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask, post } from '../rig/http.ts';
import type { Ask } from '../rig/http.ts';

let home: Home;
let port: number;
beforeAll(async () => {
  home = makeHome();
  const env = { ...home.env, PROVISIONING_SERVER_PORT: '0' };
  valueOf(await (await home.client({ env })).start());
  port = Number(new URL(home.descriptor()?.endpoint ?? '').port);
});
afterAll(() => home.close());

const workflow = { name: 'w', operations: [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }] };
const submit = { method: 'POST', path: '/workflows', body: JSON.stringify(workflow) };
const json = { 'content-type': 'application/json' };

const REFUSED: readonly (readonly [string, Ask, number])[] = [
  ['without a token', { path: '/workflows', headers: { authorization: null } }, 401],
  ['with a wrong token', { path: '/workflows', headers: { authorization: `Bearer ${'x'.repeat(43)}` } }, 401],
  ['with a token of another length', { path: '/workflows', headers: { authorization: 'Bearer x' } }, 401],
  ['with another scheme', { path: '/workflows', headers: { authorization: 'Basic eDp5' } }, 401],
  ['for an unknown path without a token', { path: '/nothing', headers: { authorization: null } }, 401],
  ['for an unknown path', { path: '/nothing' }, 404],
  ['for a foreign Host', { path: '/health', headers: { host: 'evil.example' } }, 403],
  ['for a Host that only begins well', { path: '/health', headers: { host: 'localhost.evil.example' } }, 403],
  ['with an Origin', { path: '/health', headers: { origin: 'http://localhost' } }, 403],
  ['with a null Origin', { path: '/workflows', headers: { origin: 'null' } }, 403],
  ['with a Referer', { path: '/workflows', headers: { referer: 'http://localhost/' } }, 403],
  ['with Sec-Fetch-Site', { path: '/workflows', headers: { 'sec-fetch-site': 'none' } }, 403],
  [
    'after rebinding, with a good token',
    { path: '/workflows', headers: { host: 'evil.example:80', origin: 'http://evil.example:80' } },
    403,
  ],
  ['with a form', { ...submit, headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
  ['with text', { ...submit, headers: { 'content-type': 'text/plain' } }, 415],
  ['with a type that contains ours', { ...submit, headers: { 'content-type': 'text/plain; application/json' } }, 415],
  ['with a body of no type', { ...submit, headers: { 'content-type': null } }, 415],
  ['with bad JSON', { ...submit, body: '{"name":' }, 400],
  ['with an empty body', { ...submit, body: '' }, 400],
  ['with JSON that is no object', { ...submit, body: '[1]' }, 400],
  ['with a definition that is invalid', { ...submit, body: '{"operations":[]}' }, 400],
  ['with a bad key', { ...submit, headers: { 'idempotency-key': 'a b' } }, 400],
  ['by a method that a path does not have', { method: 'DELETE', path: '/workflows', headers: json }, 404],
  ['to change something by GET', { path: '/workflows/x/cancel' }, 404],
  ['to stop by GET', { path: '/orchestrator/stop' }, 404],
  ['to create by GET', { path: '/workflows/servers/create' }, 404],
  [
    'with more than 1 MiB where little is expected',
    { method: 'POST', path: '/workflows/x/cancel', headers: json, body: `{"reason":"${'x'.repeat(1024 * 1024)}"}` },
    413,
  ],
];

for (const entrance of ['socket', 'TCP'] as const)
  test.each(REFUSED)(`by ${entrance} a request is refused %s`, async (_name, request, status) => {
    const answer = await ask(home, entrance === 'TCP' ? { ...request, port } : request);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

test.each(['[]', '5', '"x"', 'null'])('the body %s is told that an object is expected, on every path', async (body) => {
  for (const path of ['/workflows', '/workflows/servers/create', '/workflows/x/cancel']) {
    const answer = await ask(home, { method: 'POST', path, body });
    expect({ path, answer: answer.json }).toMatchObject({
      path,
      answer: {
        status: 400,
        code: 'usage',
        detail: 'the body must be a JSON object: { … }',
        place: { file: 'request' },
        hint: expect.stringContaining('/openapi.json'),
      },
    });
  }
});

test('nothing that was refused has left a run', async () => {
  const runs = await ask(home, { path: '/workflows' });
  expect(runs.json).toEqual([]);
});

test('a body that grows beyond 64 MiB without saying so is refused', async () => {
  const body = JSON.stringify({ ...workflow, description: 'x'.repeat(64 * 1024 * 1024) });
  const answer = await ask(home, { ...submit, body, headers: { 'transfer-encoding': 'chunked' } });
  expect(answer.status).toBe(413);
});

test('a body that does not say its length is read like any other', async () => {
  const answer = await ask(home, { ...submit, headers: { 'transfer-encoding': 'chunked' } });
  expect(answer.status).toBe(202);
});

test('health wants no token, and says nothing about runs, paths or tokens', async () => {
  const answer = await ask(home, { path: '/v1/health', headers: { authorization: null } });
  expect(answer).toMatchObject({ status: 200, json: { status: 'healthy', phase: 'ready' } });
  expect(answer.text).not.toContain(home.root);
  expect(answer.text).not.toContain(home.token());
});

test('by TCP the port in Host has to be ours', async () => {
  const answers = await Promise.all(
    [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port + 1}`, 'localhost'].map((host) =>
      ask(home, { path: '/health', headers: { host }, port }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 403, 403]);
});

test('a workspace is read for callers on the socket only', async () => {
  const body = JSON.stringify({ infra: 'wuji', workspace: home.root, params: {} });
  const request = { method: 'POST', path: '/workflows/servers/create', body };
  expect(await ask(home, { ...request, port })).toMatchObject({ status: 403 });
  expect(await ask(home, request)).toMatchObject({ status: 404, json: { code: 'not_found' } });
});

test('node fetch with a good token is no browser', async () => {
  const headers = { authorization: `Bearer ${home.token()}` };
  const answer = await fetch(`http://127.0.0.1:${port}/workflows`, { headers });
  expect(answer.status).toBe(200);
});

test.each([`'; touch x #`, '$(id)', '../../etc', 'a\nb', 'x'.repeat(64), '', '__proto__.x'])(
  'the infra or server name %j is refused',
  async (name) => {
    const asInfra = await post(home, '/workflows/servers/create', { infra: name, params: { names: ['a'] } });
    const asServer = await post(home, '/workflows/servers/create', { infra: 'i', params: { servers: [{ name }] } });
    const asName = await post(home, '/workflows/servers/delete', { infra: 'i', params: { names: [name] } });
    expect([asInfra.status, asServer.status, asName.status]).toEqual([400, 400, 400]);
  },
);

test('folders are 0700, the socket and every file are 0600', () => {
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  const { dataDir, descriptor, token, log, output, store, daemonLock } = home.paths;
  expect(mode(dataDir)).toBe('700');
  const files = [descriptor, token, log, output, store, daemonLock, home.descriptor()?.socket ?? ''];
  expect(files.map(mode)).toEqual(files.map(() => '600'));
});
