import { expect, test } from 'vitest';
import { driftWorkflow, serverDriftWorkflow } from '../../src/workflow/drift.ts';

const group = (servers: readonly string[], params: object = {}) => ({ servers, params, credentials: {} });
const recorded = (name: string, installed: readonly object[] | undefined, infra = 'dev') => ({
  name,
  infra,
  definition: installed === undefined ? {} : { name, installed },
});

test('each group of servers is compared with its own parameters', () => {
  const found = driftWorkflow([
    recorded('nginx', [group(['a', 'b'], { port: 80 }), group(['c'], { port: 81 }), group(['d', 'e', 'f'])]),
    recorded('postgres', [{ ...group(['d']), credentials: { PASSWORD: 'env:PASSWORD' } }]),
  ]);
  expect(found).toMatchObject({
    ok: true,
    value: {
      name: 'taskserv.check',
      infra: 'dev',
      operations: [
        { id: 'nginx-on-a-b', params: { name: 'nginx', servers: ['a', 'b'], port: 80, diff: true } },
        { id: 'nginx-on-c', params: { name: 'nginx', servers: ['c'], port: 81 } },
        { id: 'nginx-on-d-and-2-more' },
        { id: 'postgres', credentials: { PASSWORD: 'env:PASSWORD' } },
      ],
    },
  });
});

test('long names of servers are told apart', () => {
  const long = (end: string): string => 'x'.repeat(62) + end;
  const found = driftWorkflow([recorded('nginx', [group([long('a')]), group([long('b')])])]);
  expect(found).toMatchObject({ ok: true, value: { operations: [{ id: 'nginx-1' }, { id: 'nginx-2' }] } });
});

test('what was never installed cannot be compared', () => {
  expect(driftWorkflow([recorded('kubernetes', undefined)])).toMatchObject({
    ok: false,
    error: [{ code: 'usage', message: expect.stringContaining('rendered, not installed') as string }],
  });
});

test('several infras are not compared at once', () => {
  const found = driftWorkflow([recorded('nginx', [group(['a'])]), recorded('nginx', [group(['a'])], 'prod')]);
  expect(found).toMatchObject({ ok: false, error: [{ hint: expect.stringContaining('--infra') as string }] });
});

test('each server is compared by itself, with the key that leads to it', () => {
  const servers = [recorded('web-1', []), { ...recorded('web-2', []), definition: { identity: 'env:KEY' } }];
  expect(serverDriftWorkflow(servers)).toMatchObject({
    ok: true,
    value: {
      name: 'server.check',
      infra: 'dev',
      operations: [
        { id: 'web-1', params: { name: 'web-1' } },
        { id: 'web-2', credentials: { KEY: 'env:KEY' } },
      ],
    },
  });
  expect(serverDriftWorkflow([recorded('a', []), recorded('a', [], 'prod')])).toMatchObject({
    error: [{ message: 'these are of several infras' }],
  });
});
