import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, useNickel } from './nickel-rig.ts';

const { nickel, folder, valueOf, failuresOf } = useNickel();

describe('the contract Workflow', () => {
  const workflow = (fields: string): string =>
    `let provisioning = import "provisioning/workflow.ncl" in\n{ ${fields} } | provisioning.Workflow`;
  const operation = (fields: string): string =>
    workflow(`name = "w", operations = [{ id = "a", type = "x.y", ${fields} }]`);

  test('changes nothing, and adds nothing', async () => {
    const full = `name = "w", version = "1", description = "d", infra = "i", parallel_limit = 5, rollback_enabled = true,
      operations = [
        { id = "a", type = "server.create" },
        { id = "b", type = "app.deploy", provider = "local", params = { anything = [1, null] }, dependencies = ["a"],
          timeout = 0.5, priority = 'high,
          retry = { attempts = 3, backoff = "exponential", initial_delay = 0, max_delay = 1.5, on_exit_codes = [1, 75], on = ["timed_out"] } },
      ]`;
    expect(await valueOf(workflow(full))).toEqual({
      name: 'w',
      version: '1',
      description: 'd',
      infra: 'i',
      parallel_limit: 5,
      rollback_enabled: true,
      operations: [
        { id: 'a', type: 'server.create' },
        {
          id: 'b',
          type: 'app.deploy',
          provider: 'local',
          params: { anything: [1, null] },
          dependencies: ['a'],
          timeout: 0.5,
          priority: 'high',
          retry: {
            attempts: 3,
            backoff: 'exponential',
            initial_delay: 0,
            max_delay: 1.5,
            on_exit_codes: [1, 75],
            on: ['timed_out'],
          },
        },
      ],
    });
  });

  test('changes nothing of what says how a run survives crashes and failures', async () => {
    const value = await valueOf(
      workflow(`name = "w", timeout = 60, queue_timeout = 0.5, rollback_enabled = true,
        operations = [
          { id = "a", type = "x.y", idempotent = true, probe = { argv = ["true"] }, irreversible = true,
            pool = "p", mutex = "m", retry = { jitter = 0.2 },
            credentials = { A = "env:A", B = "file:b", C = m%"command:["c"]"% } },
          { id = "b", type = "x.y", probe = { module = "x/y.nu", function = "f" }, on_failure = 'rollback,
            compensate = { type = "x.z", params = { n = 1 } }, mutex = ["m", "n"],
            dependencies = ["a", { id = "a", kind = 'soft }, { id = "a", kind = "optional", on = "always" }] },
        ]`),
    );
    expect(value).toEqual({
      name: 'w',
      timeout: 60,
      queue_timeout: 0.5,
      rollback_enabled: true,
      operations: [
        {
          id: 'a',
          type: 'x.y',
          idempotent: true,
          probe: { argv: ['true'] },
          irreversible: true,
          pool: 'p',
          mutex: 'm',
          retry: { jitter: 0.2 },
          credentials: { A: 'env:A', B: 'file:b', C: 'command:["c"]' },
        },
        {
          id: 'b',
          type: 'x.y',
          probe: { module: 'x/y.nu', function: 'f' },
          on_failure: 'rollback',
          compensate: { type: 'x.z', params: { n: 1 } },
          mutex: ['m', 'n'],
          dependencies: ['a', { id: 'a', kind: 'soft' }, { id: 'a', kind: 'optional', on: 'always' }],
        },
      ],
    });
  });

  test('a broken one shows the place in the definition, not in the contract, and says what is wanted', async () => {
    const file = join(folder(), 'broken.ncl');
    const [failure] = await failuresOf(workflow('name = "two words", operations = []'));
    expect(failure?.message).toBe('contract broken by the value of `name`: this is not a name');
    expect(failure?.place).toEqual({ file, line: 2, column: 10 });
    expect(failure?.report).toContain('^^^^^^^^^^^ applied to this expression');
    expect(failure?.report).toContain('a name begins with a letter or a digit');
  });

  test('a missing name is placed at the record that lacks it', async () => {
    const [failure] = await failuresOf(workflow('operations = []'));
    expect(failure?.message).toBe('missing definition for `name`');
    expect(failure?.place).toMatchObject({ file: join(folder(), 'broken.ncl'), line: 2 });
  });

  test.each([
    ['an unknown field of a workflow', workflow('name = "w", operations = [], limit = 3'), 'extra field `limit`'],
    ['an unknown field of an operation', operation('depends = []'), 'extra field `depends`'],
    ['an unknown field of retry', operation('retry = { tries = 3 }'), 'extra field `tries`'],
    ['a dependency that is no id', operation('dependencies = [3]'), 'not a dependency'],
    ['an unknown field of a dependency', operation('dependencies = [{ id = "b", when = 1 }]'), 'extra field `when`'],
    ['a dependency without an id', operation("dependencies = [{ kind = 'soft }]"), 'missing definition for `id`'],
    ['an unknown kind of dependency', operation('dependencies = [{ id = "b", kind = \'weak }]'), 'none of the words'],
    ['an unknown condition', operation('dependencies = [{ id = "b", on = "error" }]'), 'none of the words'],
    ['an unknown on_failure', operation('on_failure = "stop"'), 'none of the words'],
    ['a probe in one line', operation('probe = { argv = "test -e x" }'), 'not a list of arguments'],
    ['an unknown field of a probe', operation('probe = { command = [] }'), 'extra field `command`'],
    ['a compensation without a type', operation('compensate = {}'), 'missing definition for `type`'],
    ['a pool that is no name', operation('pool = "two words"'), 'not a name'],
    ['an empty mutex', operation('mutex = [""]'), 'not a key'],
    ['a secret', operation('credentials = { A = "hunter2" }'), 'does not say where a credential is'],
    ['a jitter above 1', operation('retry = { jitter = 2 }'), 'not a share'],
    ['idempotent as a string', operation('idempotent = "yes"'), 'contract broken by the value of `idempotent`'],
    ['a run timeout with a unit', workflow('name = "w", operations = [], timeout = "1h"'), 'not a time in seconds'],
    ['a type without a verb', workflow('name = "w", operations = [{ id = "a", type = "server" }]'), 'not the type'],
    ['a parallel_limit of 0', workflow('name = "w", operations = [], parallel_limit = 0'), 'not a whole number'],
    ['a time with a unit', operation('timeout = "5m"'), 'not a time in seconds'],
    ['a negative timeout', operation('timeout = -1'), 'not a time in seconds'],
    ['an unknown priority', operation('priority = "urgent"'), 'none of the words'],
    ['an unknown backoff', operation("retry = { backoff = 'random }"), 'none of the words'],
    ['an exit code that means success', operation('retry = { on_exit_codes = [0] }'), 'not the exit code'],
    ['params that are no record', operation('params = ["a"]'), 'parameters are a record'],
    ['a name of 64 characters', workflow(`name = "${'n'.repeat(64)}", operations = []`), 'not a name'],
  ])('refuses %s', async (_what, content, words) => {
    expect((await failuresOf(content))[0]?.message).toContain(words);
  });
});

describe('the contract Infra', () => {
  const infra = (fields: string): string =>
    `let provisioning = import "provisioning/infra.ncl" in\n{ ${fields} } | provisioning.Infra`;

  test('changes nothing, and adds nothing', async () => {
    const value = await valueOf(
      infra(`provider = "local",
        servers = [{ name = "wuji-1", plan = "2xCPU-4GB", zone = "de-fra1", params = { disk = 20 } }, { name = "b" }],
        taskservs = [{ name = "kubernetes", servers = ["wuji-1"], params = {} }],
        clusters = [{ name = "k1", servers = ["wuji-1"], taskservs = ["kubernetes"] }]`),
    );
    expect(value).toEqual({
      provider: 'local',
      servers: [{ name: 'wuji-1', plan: '2xCPU-4GB', zone: 'de-fra1', params: { disk: 20 } }, { name: 'b' }],
      taskservs: [{ name: 'kubernetes', servers: ['wuji-1'], params: {} }],
      clusters: [{ name: 'k1', servers: ['wuji-1'], taskservs: ['kubernetes'] }],
    });
    expect(await valueOf(infra(''))).toEqual({});
  });

  test.each([
    ['an unknown field of a server', 'servers = [{ name = "a", size = 3 }]', 'extra field `size`'],
    ['a server without a name', 'servers = [{ plan = "p" }]', 'missing definition for `name`'],
    ['a server name with a space', 'servers = [{ name = "a b" }]', 'not a name'],
    ['an unknown field of the infra', 'server = []', 'extra field `server`'],
    ['a taskserv on something that is no name', 'taskservs = [{ name = "k", servers = [1] }]', 'not a name'],
  ])('refuses %s', async (_what, fields, words) => {
    expect((await failuresOf(infra(fields)))[0]?.message).toContain(words);
  });
});

test('the reference workflow has five servers, Kubernetes on them, and two applications', async () => {
  const result = await nickel.evaluate(join(root, 'templates/workflows/multi-cloud-deployment.ncl'));
  const { batch_workflow: workflow } = (result.ok ? result.value : {}) as {
    batch_workflow: { name: string; operations: { id: string; type: string; dependencies?: string[] }[] };
  };
  const servers = ['web-1', 'web-2', 'db-1', 'cache-1', 'lb-1'];
  expect(workflow).toMatchObject({ name: 'multi_cloud_deployment', parallel_limit: 5, rollback_enabled: true });
  expect(workflow.operations.map(({ id, type, dependencies }) => [id, type, dependencies])).toEqual([
    ...servers.map((name) => [name, 'server.create', undefined]),
    ['k8s', 'taskserv.create', servers],
    ['shop', 'app.deploy', ['k8s']],
    ['blog', 'app.deploy', ['k8s']],
  ]);
});
