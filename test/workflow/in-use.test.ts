import { describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { inUse } from '../../src/workflow/in-use.ts';
import type { ActiveRun } from '../../src/workflow/in-use.ts';

type Given = readonly [id: string, type: string, params: Operation['params'], status: string];

const active = (status: RunDocument['status'], ...given: readonly Given[]): ActiveRun => ({
  run: {
    workflow_id: 'R1',
    status,
    tasks: given.map(([id, type, , state]) => ({ id, type, status: state })) as unknown as RunDocument['tasks'],
  },
  workflow: {
    name: 'w',
    infra: 'default',
    rollback_enabled: false,
    operations: given.map(([id, type, params]): Operation => ({
      id,
      type,
      params,
      dependencies: [],
      priority: 'normal',
      retry: ONE_ATTEMPT,
    })),
  },
});
const ON = { servers: ['web-1', 'web-2'] };
const server = { kind: 'server', name: 'web-1' } as const;

test.each<[string, ActiveRun, string, string]>([
  ['running', active('running', ['n', 'taskserv.create', ON, 'running']), 'running', 'workflow monitor R1'],
  ['queued', active('queued', ['n', 'taskserv.delete', ON, 'pending']), 'pending', 'workflow cancel R1'],
  ['paused', active('paused', ['n', 'command.run', ON, 'pending']), 'pending', 'workflow resume R1'],
  [
    'unknown',
    active('unknown', ['x', 'command.run', {}, 'unknown'], ['n', 'app.deploy', ON, 'pending']),
    'pending',
    'workflow resolve R1 x --as',
  ],
])('what a run that is %s needs is in use, and the way out is named', (status, run, task, hint) => {
  const type = run.workflow.operations.at(-1)?.type;
  expect(inUse(server, [run])).toMatchObject({
    code: 'conflict',
    message: `server "web-1" is in use by run R1 (${status}), whose task n (${type}) is ${task}`,
    hint: expect.stringContaining(hint),
  });
});

describe('nothing is in use', () => {
  test.each<[string, ActiveRun]>([
    ['by a task that has ended', active('running', ['n', 'taskserv.create', ON, 'completed'])],
    ['by a task on other servers', active('running', ['n', 'taskserv.create', { servers: ['web-2'] }, 'running'])],
    ['by its own creation, which is waited for', active('running', ['web-1', 'server.create', {}, 'running'])],
  ])('%s', (_, run) => {
    expect(inUse(server, [run])).toBeUndefined();
  });
});

test('a cluster is used by what is deployed on it, a taskserv by the cluster that brings it', () => {
  const runs = [
    active('running', ['a', 'app.deploy', { cluster: 'k1' }, 'pending']),
    active('running', ['k2', 'cluster.create', { taskservs: ['kubernetes'] }, 'running']),
    active('running', ['k3', 'cluster.create', { taskservs: ['kubernetes'] }, 'running']),
  ];
  expect(inUse({ kind: 'cluster', name: 'k1' }, runs)?.message).toContain('cluster "k1" is in use');
  expect(inUse({ kind: 'taskserv', name: 'kubernetes' }, runs)?.message).toMatch(/is running and by 1 more$/);
  expect(inUse({ kind: 'app', name: 'a' }, runs)).toBeUndefined();
});
