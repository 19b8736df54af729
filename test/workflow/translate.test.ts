import { describe, expect, test } from 'vitest';
import { operation, problems, valid, validate, workflowOf } from './document.ts';

const warnings = (value: unknown): readonly string[] => {
  const result = validate(value);
  return result.ok ? result.value.warnings.map(({ message, place }) => `${place.path}: ${message}`) : ['invalid'];
};

describe('names of older generations', () => {
  test.each<[string, object, object, string]>([
    [
      'depends_on',
      { depends_on: ['z'] },
      { dependencies: ['z'] },
      '"depends_on" is an older name: write "dependencies"',
    ],
    ['timeout_seconds', { timeout_seconds: 5 }, { timeout: 5 }, '"timeout_seconds" is an older name: write "timeout"'],
    [
      'max_retries',
      { max_retries: 2 },
      { retry: { attempts: 3 } },
      '"max_retries" is an older name: write "retry.attempts", which counts the first attempt too',
    ],
    [
      'max_retries without any',
      { max_retries: 0 },
      { retry: { attempts: 1 } },
      '"max_retries" is an older name: write "retry.attempts", which counts the first attempt too',
    ],
    [
      'max_retries beside retry',
      { max_retries: 2, retry: { backoff: 'fixed' } },
      { retry: { attempts: 3, backoff: 'fixed' } },
      '"max_retries" is an older name: write "retry.attempts", which counts the first attempt too',
    ],
    [
      'retry_policy',
      { retry_policy: { attempts: 2 } },
      { retry: { attempts: 2 } },
      '"retry_policy" is an older name: write "retry"',
    ],
  ])('%s is read, with a warning at its place', (_, extra, expected, warning) => {
    const value = workflowOf(operation('z'), operation('a', extra));
    expect(valid(value).operations[1]).toMatchObject(expected);
    expect(warnings(value)).toHaveLength(1);
    expect(warnings(value)[0]).toMatch(new RegExp(`^operations\\[1\\] \\(a\\)\\.\\w+( \\(.*\\)|\\[0\\])?: `));
    expect(warnings(value)[0]).toContain(warning);
  });

  test('max_attempts counted the first attempt already', () => {
    expect(valid(workflowOf(operation('a', { retry: { max_attempts: 3 } }))).operations[0]?.retry.attempts).toBe(3);
  });

  test('operation_id, operation_type and parameters are read', () => {
    const value = workflowOf({ operation_id: 'a', operation_type: 'server_create', parameters: { plan: 'x' } });
    expect(valid(value).operations[0]).toMatchObject({
      id: 'a',
      type: 'server.create',
      params: { plan: 'x', name: 'a' },
    });
    expect(warnings(value)).toHaveLength(4);
  });

  test.each([
    ['server_create', 'server.create'],
    ['taskserv_create', 'taskserv.create'],
    ['app_deploy', 'app.deploy'],
    ['dns_update', 'dns.update'],
  ])('the type %s is %s', (type, expected) => {
    const value = workflowOf({ id: 'a', type });
    expect(valid(value).operations[0]?.type).toBe(expected);
    expect(warnings(value)).toEqual([`operations[0] (a).type: "${type}" is an older name: write "${expected}"`]);
  });

  test.each(['max_parallel', 'max_parallel_operations'])('%s is parallel_limit', (key) => {
    expect(valid({ ...workflowOf(operation('a')), [key]: 3 }).parallel_limit).toBe(3);
  });

  test('tasks are operations', () => {
    expect(valid({ name: 'x', tasks: [operation('a')] }).operations).toHaveLength(1);
  });

  test('a name that is used many times is warned about once', () => {
    const operations = Array.from({ length: 50 }, (_, index) => operation(`a${index}`, { max_retries: 1 }));
    expect(warnings(workflowOf(...operations))).toHaveLength(1);
  });

  test('today’s names give no warning', () => {
    expect(warnings(workflowOf(operation('a', { retry: { attempts: 2 } })))).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a wrong value, at the name that was written',
      { timeout_seconds: 'x' },
      ['operations[0] (a).timeout_seconds: "timeout" must be a number of seconds, 0 to 31536000; found "x"'],
    ],
    [
      'a wrong element',
      { depends_on: ['nowhere'] },
      ['operations[0] (a).depends_on[0]: unknown dependency "nowhere" | No operation of this workflow has this id.'],
    ],
    [
      'a wrong count',
      { max_retries: -1 },
      ['operations[0] (a).max_retries: "max_retries" must be a whole number, 0 to 99; found -1'],
    ],
    [
      'a count that is no number',
      { max_retries: '3' },
      ['operations[0] (a).max_retries: "max_retries" must be a whole number, 0 to 99; found "3"'],
    ],
    [
      'both names',
      { depends_on: [], dependencies: [] },
      [
        'operations[0] (a).depends_on: "depends_on" is an older name of "dependencies", and both are given | Remove "depends_on".',
      ],
    ],
    [
      'both counts',
      { max_retries: 2, retry: { attempts: 3 } },
      [
        'operations[0] (a).max_retries: "max_retries" is an older name of "retry.attempts", and both are given | Remove "max_retries".',
      ],
    ],
    [
      'a type that does not exist today either',
      { type: 'server_conquer' },
      [
        'operations[0] (a).type: unknown type "server.conquer" | It would be "conquer-server" in servers/conquer.nu of the library or of nulib/.',
      ],
    ],
  ])('report %s', (_, extra, expected) => {
    expect(problems(workflowOf(operation('a', extra)))).toEqual(expected);
  });
});

describe('batches of older generations', () => {
  const servers = {
    id: 'upcloud',
    type: 'server_batch',
    provider: 'local',
    max_retries: 1,
    server_configs: [
      { name: 'web-1', plan: 'small' },
      { name: 'web-2', plan: 'large', zone: 'de-fra1' },
    ],
  };

  test('become one operation for each element, and who depended on the batch depends on all', () => {
    const value = workflowOf(servers, operation('after', { dependencies: ['upcloud'] }));
    const { operations } = valid(value);
    expect(operations.map(({ id, type, dependencies }) => [id, type, dependencies])).toEqual([
      ['upcloud.web-1', 'server.create', []],
      ['upcloud.web-2', 'server.create', []],
      ['after', 'command.run', ['upcloud.web-1', 'upcloud.web-2']],
    ]);
    expect(operations[1]).toMatchObject({
      provider: 'local',
      params: { name: 'web-2', plan: 'large', zone: 'de-fra1' },
      retry: { attempts: 2 },
    });
    expect(warnings(value)[1]).toBe(
      'operations[0] (upcloud).type: "server_batch" is of an older generation: write one "server.create" operation for each',
    );
  });

  test('of taskservs are installed one after the other on the same servers', () => {
    const { operations } = valid(
      workflowOf(servers, {
        id: 'k8s',
        type: 'taskserv_batch',
        depends_on: ['upcloud'],
        servers: ['web-1'],
        taskservs: ['containerd', 'kubernetes', { name: 'cilium', version: '1.16' }],
      }),
    );
    expect(operations.slice(2).map(({ id, dependencies, params }) => [id, dependencies, params])).toEqual([
      ['k8s.containerd', ['upcloud.web-1', 'upcloud.web-2'], { name: 'containerd', servers: ['web-1'] }],
      ['k8s.kubernetes', ['k8s.containerd'], { name: 'kubernetes', servers: ['web-1'], cluster: 'k8s.kubernetes' }],
      ['k8s.cilium', ['k8s.kubernetes'], { name: 'cilium', version: '1.16', servers: ['web-1'] }],
    ]);
  });

  test('may have their list in their parameters', () => {
    const { operations } = valid(
      workflowOf({ id: 'b', type: 'server_batch', params: { plan: 'small', servers: ['x', 'y'] } }),
    );
    expect(operations.map(({ id, params }) => [id, params])).toEqual([
      ['b.x', { plan: 'small', name: 'x' }],
      ['b.y', { plan: 'small', name: 'y' }],
    ]);
  });

  test.each<[string, readonly object[], readonly string[]]>([
    [
      'without a list',
      [{ id: 'b', type: 'server_batch' }],
      [
        'operations[0] (b): "server_batch" has no list of server_configs or servers | Write one "server.create" operation for each.',
      ],
    ],
    [
      'without an id',
      [{ type: 'server_batch', servers: ['x'] }],
      ['operations[0]: "id" of "server_batch" must be a string; found nothing'],
    ],
    [
      'with an element that is no server',
      [{ id: 'b', type: 'server_batch', servers: [3] }],
      ['operations[0] (b).servers[0]: an element of "server_batch" must be a name or a record; found 3'],
    ],
    [
      'with an id that is used twice',
      [{ id: 'b', type: 'server_batch', servers: ['x'] }, operation('b')],
      ['operations[1] (b).id: id "b" is already used by a batch | Ids are unique in a workflow.'],
    ],
    [
      'that depend on themselves',
      [
        { id: 'b', type: 'server_batch', servers: ['x', 'y'], dependencies: ['c'] },
        operation('c', { dependencies: ['b'] }),
      ],
      ['operations[0] (b).servers[0]: dependency cycle: b.x → c → b.x | "a → b" says that a waits for b.'],
    ],
  ])('%s are refused', (_, operations, expected) => {
    expect(problems(workflowOf(...operations)).slice(0, 1)).toEqual(expected);
  });
});
