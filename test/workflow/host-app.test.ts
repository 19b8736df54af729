import { describe, expect, test } from 'vitest';
import type { JsonRecord } from '../../src/domain/json.ts';
import { commandWorkflow } from '../../src/workflow/command.ts';
import { documentOf } from '../../src/workflow/document.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';

const APP = { servers: ['web-1'], source: 'dist', command: ['./serve'], port: 8080, health: '/healthz' };

const problems = (params: JsonRecord): readonly string[] => {
  const operations = [{ id: 'shop', type: 'app.deploy', params }];
  const read = validateWorkflow(documentOf('w.ncl', { name: 'w', operations }), new Set(['app.deploy']));
  return read.ok ? [] : read.error.map(({ place, message }) => `${place?.path}: ${message}`);
};

describe('an app on plain hosts', () => {
  test.each<[JsonRecord, string | undefined]>([
    [APP, undefined],
    [{ ...APP, user: 'www', secrets: ['TOKEN'], env: { A: 'b' }, keep: 2, health_timeout: 1.5 }, undefined],
    [{ ...APP, cluster: 'k1' }, 'cluster: an app is on servers or on a cluster, not on both'],
    [{ ...APP, servers: ['../x'] }, 'servers[0]: "../x" is not a name'],
    [{ ...APP, command: './serve' }, 'command: "command" must be a list of strings; found "./serve"'],
    [{ ...APP, command: ['./serve', 1] }, 'command: "command" must be a list of strings'],
    [{ ...APP, secrets: [true] }, 'secrets: "secrets" must be a list of strings'],
    [{ ...APP, keep: 1 }, 'keep: "keep" must be a whole number, 2 to 100; found 1'],
    [{ ...APP, health_timeout: 0 }, 'health_timeout: "health_timeout" must be a number of seconds, 1 to 3600; found 0'],
  ])('%j', (params, problem) => {
    expect(problems(params)).toEqual(problem === undefined ? [] : [`operations[0] (shop).params.${problem}`]);
  });

  const request = {
    noun: 'app',
    verb: 'deploy',
    infra: 'default',
    names: ['shop'],
    all: false,
    inventory: [],
  } as const;

  test('is asked for by its servers, and needs no cluster then', () => {
    expect(commandWorkflow({ ...request, params: APP })).toMatchObject({
      value: { operations: [{ id: 'shop', type: 'app.deploy', params: { ...APP, name: 'shop' } }] },
    });
  });

  test('flags say how it goes from one server to all', () => {
    const spread = { waves: [1, '50%'], max_fail_percent: 20 };
    expect(commandWorkflow({ ...request, params: APP, spread })).toMatchObject({ value: { operations: [spread] } });
  });

  test('without servers and cluster it is told what to give', () => {
    expect(commandWorkflow({ ...request, params: {} })).toMatchObject({
      error: [{ hint: 'Give --cluster NAME, or --server NAME for plain hosts.' }],
    });
  });
});
