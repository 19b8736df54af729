import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND_PATHS } from '../../src/api/paths.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask } from '../rig/http.ts';

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
