import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask } from '../rig/http.ts';
import type { Answer } from '../rig/http.ts';
import { badValues, goodValues } from '../rig/schema-values.ts';
import type { Schema } from '../rig/schema-values.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content; readonly required?: boolean };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

let home: Home;
let routes: readonly Route[];
let run: RunDocument;
beforeAll(async () => {
  home = makeHome();
  const client = await home.client();
  valueOf(await client.start());
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }];
  const { workflow_id: id } = valueOf(await client.submit({ workflow: { name: 'w', operations } }, 'k'));
  valueOf(await client.follow(id, { after: 0, onEvent: () => undefined, start: false }));
  run = valueOf(await client.reads.run(id));
  const { paths } = (await ask(home, { path: '/openapi.json' })).json as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  routes = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ ...operation, method: verb.toUpperCase(), path })),
  );
});
afterAll(() => home.close());

/** Stops the orchestrator: it is asked last, and in a test of its own. */
const isStop = ({ path }: Route): boolean => path === '/orchestrator/stop';

const filled = ({ path }: Route, id?: string): string =>
  path
    .replace('{id}', id ?? (path.startsWith('/tasks') ? (run.tasks[0]?.task_id ?? '') : run.workflow_id))
    .replace('{task}', 'a');

const bodyOf = ({ requestBody }: Route): Schema | undefined => requestBody?.content['application/json']?.schema;

/** What came back is one of the answers that are described, and has its shape. */
function expectDescribed(route: Route, answer: Answer, about: string): void {
  const described = route.responses[String(answer.status)];
  expect({ about, status: answer.status, known: described !== undefined }).toMatchObject({ known: true });
  const type = String(answer.headers['content-type']).split(';')[0] ?? '';
  const schema = described?.content?.[type]?.schema;
  expect({ about, type, known: schema !== undefined }).toMatchObject({ known: true });
  if (!type.endsWith('json')) return;
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(answer.json);
  expect({ about, error: parsed.error?.message, text: parsed.success ? '' : answer.text }).toEqual({
    about,
    error: undefined,
    text: '',
  });
}

test('good requests are understood, and every answer is as described', async () => {
  const json = { accept: 'application/json' };
  for (const route of routes.filter((one) => !isStop(one))) {
    const { method } = route;
    const required = (route.parameters ?? []).filter(({ in: where, name }) => where === 'query' && name === 'kind');
    const query = required.length > 0 ? '?kind=server' : '';
    const schema = bodyOf(route);
    const bodies: (string | undefined)[] =
      schema === undefined ? [undefined] : goodValues(schema).map((value) => JSON.stringify(value));
    if (schema !== undefined && route.requestBody?.required !== true) bodies.push(undefined);
    for (const body of bodies)
      for (const id of [undefined, 'nobody']) {
        const path = filled(route, id) + query;
        const answer = await ask(home, { method, path, headers: json, ...(body === undefined ? {} : { body }) });
        expectDescribed(route, answer, `${method} ${path} ${body ?? ''}`);
        expect(answer.status).not.toBe(500);
        expect(answer.status).not.toBe(415);
      }
  }
});

test('bad bodies are refused with 400, and the answer says why', async () => {
  let sent = 0;
  for (const route of routes) {
    const schema = bodyOf(route);
    if (schema === undefined) continue;
    const bad = [...badValues(schema)].map(([what, value]) => [what, JSON.stringify(value)] as const);
    for (const [what, body] of [...bad, ['no JSON', '{'] as const]) {
      const about = `${route.method} ${route.path} with ${what}: ${body.slice(0, 200)}`;
      const answer = await ask(home, { method: route.method, path: filled(route), body });
      expect({ about, status: answer.status }).toEqual({ about, status: 400 });
      expectDescribed(route, answer, about);
      sent += 1;
    }
  }
  expect(sent).toBeGreaterThan(100);
});

test('bad parameters are refused with 400', async () => {
  for (const route of routes)
    for (const { name, in: where, schema } of (route.parameters ?? []).filter((one) => one.in !== 'path')) {
      const isChoice = schema.enum !== undefined;
      if (!isChoice && schema.type !== 'integer' && schema.pattern === undefined) continue;
      const bad = schema.pattern === undefined ? 'surprise' : 'two words';
      const body = bodyOf(route) === undefined ? {} : { body: JSON.stringify(goodValues(bodyOf(route) ?? {})[0]) };
      const path = filled(route) + (where === 'query' ? `?${name}=${bad}` : '');
      const headers = where === 'header' ? { [name]: bad } : {};
      const answer = await ask(home, { method: route.method, path, headers, ...body });
      expect({ path, name, status: answer.status }).toEqual({ path, name, status: 400 });
    }
});

test('every path exists under /v1 as well', async () => {
  for (const route of routes) {
    const answer = await ask(home, { method: route.method, path: `/v1${filled(route)}`, body: '{' });
    expect(answer.text).not.toMatch(/there is no (?:GET|POST) /);
  }
});

test('a stop with a good body is what it says', async () => {
  const stop = routes.find(isStop);
  if (stop === undefined) throw new Error('there is no stop');
  const answer = await ask(home, { method: 'POST', path: stop.path, body: '{"if_idle":true}' });
  expectDescribed(stop, answer, 'stop');
  expect(answer.status).toBe(200);
});
