import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND_PATHS } from '../../src/api/paths.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask } from '../rig/http.ts';
import type { Ask } from '../rig/http.ts';

let home: Home;
beforeAll(async () => {
  home = makeHome();
  valueOf(await (await home.client()).start());
});
afterAll(() => home.close());

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

const OTHERS = [
  'get /health',
  'get /resources',
  'get /tasks',
  'get /tasks/{id}',
  'get /tasks/{id}/log',
  'get /workflows',
  'get /workflows/{id}',
  'get /workflows/{id}/definition',
  'get /workflows/{id}/events',
  'get /workflows/{id}/why',
  'post /orchestrator/reload',
  'post /orchestrator/stop',
  'post /tasks/{id}/checkpoint',
  'post /tasks/{id}/progress',
  'post /tasks/{id}/wait',
  'post /workflows',
  'post /workflows/{id}/cancel',
  'post /workflows/{id}/pause',
  'post /workflows/{id}/resume',
  'post /workflows/{id}/retry',
  'post /workflows/{id}/rollback',
  'post /workflows/{id}/tasks/{task}/resolve',
];

test('the published description names every operation, and each of them exists', async () => {
  const answer = await ask(home, { path: '/v1/openapi.json' });
  const { openapi, paths } = answer.json as Description;
  expect(openapi).toBe('3.1.0');
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((verb) => `${verb} ${path}`),
  );
  const commands = Object.keys(COMMAND_PATHS).map((path) => `post ${path}`);
  expect(new Set(operations)).toEqual(new Set([...commands, ...OTHERS]));
  for (const operation of operations.filter((name) => name !== 'post /orchestrator/stop')) {
    const [verb = '', path = ''] = operation.split(' ');
    const body = verb === 'post' ? { body: '{' } : {};
    const tried = await ask(home, { method: verb.toUpperCase(), path: path.replace('{id}', 'x'), ...body });
    expect(tried.text).not.toMatch(/there is no (?:GET|POST) /);
    // Those that take no body do not look at it.
    const isBare = /\/(?:resume|reload)$/.test(path);
    expect(verb === 'post' && !isBare ? [400] : [200, 400, 404]).toContain(tried.status);
  }
});

/** How each refusal is brought about, whatever the path. */
const PROBES: Readonly<Record<number, Omit<Ask, 'path'> & { readonly query?: string }>> = {
  400: { query: '?surprise=1' },
  401: { headers: { authorization: null } },
  403: { headers: { origin: 'http://elsewhere.example' } },
  413: { body: `"${'x'.repeat(2 * 1024 * 1024)}"` },
  415: { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
};

test('a path is described with the refusals that it can answer, and with no other', async () => {
  const operations = [1, 2].map((n) => ({ id: `o${n}`, type: 'command.run', params: { argv: ['true'] } }));
  const client = await home.client();
  for (const key of ['one', 'two']) valueOf(await client.submit({ workflow: { name: 'w', operations } }, key));
  const { paths } = (await ask(home, { path: '/openapi.json' })).json as Description;
  for (const [path, item] of Object.entries(paths))
    for (const [verb, { responses }] of Object.entries(item)) {
      const about = `${verb} ${path}`;
      const method = verb.toUpperCase();
      const answered: string[] = [];
      for (const [status, { query = '', body, ...probe }] of Object.entries(PROBES)) {
        const isLarge = status === '413';
        if (method === 'GET' && (isLarge || status === '415')) continue;
        // To leave is not what it is asked here.
        const large = isLarge && path === '/workflows' ? `"${'x'.repeat(65 * 1024 * 1024)}"` : body;
        const sent = large ?? (method === 'POST' ? '{' : undefined);
        const one = { method, path: path.replaceAll(/\{\w+\}/g, 'nobody') + query, ...probe };
        const answer = await ask(home, sent === undefined ? one : { ...one, body: sent });
        if (String(answer.status) === status) answered.push(status);
        else expect({ about, status }).toMatchObject({ about: 'get /health', status: '401' });
      }
      const known = Object.keys(responses).filter((status) => status in PROBES);
      expect({ about, known: known.toSorted() }).toEqual({ about, known: answered.toSorted() });
      // What is named may not be there, or, by the beginning of its id, be several.
      if (method !== 'GET' || !path.includes('{id}')) continue;
      for (const [id, status] of [
        ['nobody', 404],
        ['0', 409],
      ] as const) {
        const { status: seen } = await ask(home, { path: path.replace('{id}', id), headers: JSON_ONLY });
        expect({ about, id, known: `${seen}` in responses }).toEqual({ about, id, known: true });
        if (String(status) in responses) expect({ about, seen }).toEqual({ about, seen: status });
      }
    }
});
const JSON_ONLY = { accept: 'application/json' };

test('a query parameter that nobody reads is named, with those that are', async () => {
  const answers = await Promise.all(
    ['/tasks?state=failed', '/v1/tasks/x/log?ofset=3', '/workflows?limit=3', '/openapi.json?x'].map((path) =>
      ask(home, { path }),
    ),
  );
  expect(answers.map(({ status, json }) => [status, (json as { detail: string }).detail])).toEqual([
    [400, 'GET /tasks takes no query parameter "state"'],
    [400, 'GET /v1/tasks/x/log takes no query parameter "ofset"'],
    [400, 'GET /workflows takes no query parameter "limit"'],
    [400, 'GET /openapi.json takes no query parameter "x"'],
  ]);
  expect(answers.map(({ json }) => (json as { hint: string }).hint)).toEqual([
    'It takes status.',
    'Did you mean "offset"? It takes offset, since.',
    'It takes none.',
    'It takes none.',
  ]);
});

test.each(['x', '-1', '1.5'])('a query parameter that has to be a number is refused as %s', async (value) => {
  const { status, json } = await ask(home, { path: `/tasks/x/log?offset=${value}` });
  expect({ status, ...(json as object) }).toMatchObject({
    status: 400,
    detail: 'it is no whole number from 0 on',
    place: { file: 'request', path: 'offset' },
  });
});
