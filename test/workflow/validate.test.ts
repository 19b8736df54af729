import { describe, expect, test } from 'vitest';
import { documentOf } from '../../src/workflow/document.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';
import { KNOWN, operation, problems, valid, validate, workflowOf } from './document.ts';
import { cpuTime } from '../rig/cpu-time.ts';

describe('a valid workflow', () => {
  test('has every default filled in', () => {
    expect(valid(workflowOf(operation('a')))).toEqual({
      name: 'test',
      infra: 'default',
      rollback_enabled: false,
      operations: [
        {
          id: 'a',
          type: 'command.run',
          params: { argv: ['true'] },
          dependencies: [],
          priority: 'normal',
          retry: { attempts: 1, backoff: 'exponential', initial_delay: 1, max_delay: 300 },
        },
      ],
    });
  });

  test('keeps everything that was written', () => {
    const delays = { initial_delay: 0.5, max_delay: 10, jitter: 0.2 };
    const retry = { attempts: 3, backoff: 'linear', ...delays, on_exit_codes: [75] };
    const value = {
      ...workflowOf(
        operation('b', { dependencies: ['a'], timeout: 0, priority: 'high', provider: 'local', retry }),
        operation('a'),
      ),
      version: '1.0.0',
      description: 'for a test',
      infra: 'wuji',
      parallel_limit: 5,
      timeout: 3600,
      queue_timeout: 0.5,
      rollback_enabled: true,
    };
    const workflow = valid(value);
    expect(workflow).toMatchObject({
      version: '1.0.0',
      description: 'for a test',
      infra: 'wuji',
      parallel_limit: 5,
      timeout: 3600,
      queue_timeout: 0.5,
      rollback_enabled: true,
    });
    expect(workflow.operations[0]).toMatchObject({
      dependencies: ['a'],
      timeout: 0,
      priority: 'high',
      provider: 'local',
      retry,
    });
  });

  test.each(['batch_workflow', 'workflow'])('may stand in "%s"', (wrapper) => {
    expect(valid({ [wrapper]: workflowOf(operation('a')) }).name).toBe('test');
  });

  test('treats null as not given', () => {
    const [read] = valid({
      ...workflowOf(operation('a', { timeout: null, provider: null, dependencies: null })),
      version: null,
    }).operations;
    expect(read).toMatchObject({ dependencies: [], priority: 'normal' });
  });

  test('has no limit of time where 0 is written', () => {
    const workflow = valid({ ...workflowOf(operation('a')), timeout: 0, queue_timeout: 0 });
    expect([workflow.timeout, workflow.queue_timeout]).toEqual([undefined, undefined]);
  });

  test('reads the same once more, as the orchestrator does', () => {
    const probe = { module: 'dns/update.nu', function: 'probe-dns' };
    const once = valid({
      ...workflowOf(
        operation('a', { mutex: 'x', probe, idempotent: false, retry: { attempts: 2, jitter: 0.5 } }),
        { id: 'b', type: 'server.create', compensate: { type: 'server.delete' }, on_failure: 'rollback', pool: 'p' },
        operation('c', { dependencies: ['a', { id: 'b', kind: 'soft' }, { id: 'x', kind: 'optional' }] }),
      ),
      rollback_enabled: true,
      timeout: 60,
      queue_timeout: 0,
    });
    const sent = JSON.stringify(once);
    expect(JSON.stringify(valid(JSON.parse(sent)))).toBe(sent);
  });

  test('counts a dependency that is given twice once', () => {
    expect(
      valid(workflowOf(operation('a'), operation('b', { dependencies: ['a', 'a'] }))).operations[1]?.dependencies,
    ).toEqual(['a']);
  });

  test.each([
    ['server.create', { plan: 'x' }, { plan: 'x', name: 'one' }],
    ['server.create', { name: 'web-1' }, { name: 'web-1' }],
    ['app.deploy', { cluster: 'k8s', replicas: 3 }, { cluster: 'k8s', replicas: 3, name: 'one' }],
    ['taskserv.create', { name: 'nginx' }, { name: 'nginx' }],
    ['taskserv.create', { name: 'kubernetes' }, { name: 'kubernetes', cluster: 'one' }],
    ['taskserv.create', { name: 'kubernetes', cluster: 'k1' }, { name: 'kubernetes', cluster: 'k1' }],
    ['dns.update', { zone: 'x' }, { zone: 'x' }],
  ])('%s with %j gets the parameters %j', (type, params, expected) => {
    expect(valid(workflowOf({ id: 'one', type, params })).operations[0]?.params).toEqual(expected);
  });

  test('keeps parameters that only the library knows, also when they look like templates or prototypes', () => {
    const params = JSON.parse(
      '{"__proto__":{"x":1},"template":"{{ name }} {% if x %}","deep":[[{"a":null}]]}',
    ) as object;
    expect(JSON.stringify(valid(workflowOf({ id: 'a', type: 'dns.update', params })).operations[0]?.params)).toBe(
      JSON.stringify(params),
    );
  });

  test('delays may be longer than the default maximum', () => {
    expect(
      valid(workflowOf(operation('a', { retry: { attempts: 2, initial_delay: 600 } }))).operations[0]?.retry.max_delay,
    ).toBe(600);
  });
});

describe('a workflow is refused', () => {
  const one = (extra: object) => workflowOf(operation('a', extra));
  const NAME =
    'A name begins with a letter or a digit, goes on with letters, digits, ".", "_" or "-", and has at most 63 characters.';
  test.each<[string, unknown, readonly string[]]>([
    [
      'for not being a record',
      [],
      [
        '-: a workflow must be a record; found an empty list | Write name = "…" and operations = […], or put them into workflow = { … }.',
      ],
    ],
    ['for a wrapper that is no record', { workflow: 3 }, ['-: "workflow" must be a record; found 3']],
    [
      'for keys beside the wrapper',
      { workflow: workflowOf(operation('a')), name: 'x' },
      ['name: a key beside "workflow" | Put it into "workflow", or remove it.'],
    ],
    [
      'for two wrappers',
      { workflow: workflowOf(operation('a')), batch_workflow: {} },
      [
        '-: a key beside "batch_workflow" | Put it into "batch_workflow", or remove it.',
        '-: "name" is missing | Every workflow has a name, such as name = "deploy".',
        '-: "operations" is missing | Write operations = [{ id = "…", type = "…" }].',
      ],
    ],
    [
      'for a missing name',
      { operations: [operation('a')] },
      ['-: "name" is missing | Every workflow has a name, such as name = "deploy".'],
    ],
    [
      'for a name with blanks',
      { ...one({}), name: 'my deployment' },
      [`name: "my deployment" is not a name | ${NAME}`],
    ],
    ['for a name that is no string', { ...one({}), name: 3 }, [`name: a name must be a string; found 3 | ${NAME}`]],
    [
      'for missing operations',
      { name: 'x' },
      ['-: "operations" is missing | Write operations = [{ id = "…", type = "…" }].'],
    ],
    [
      'for having no operations',
      { name: 'x', operations: [] },
      ['operations: the workflow has no operations | Write operations = [{ id = "…", type = "…" }].'],
    ],
    [
      'for operations by name',
      { name: 'x', operations: { a: {} } },
      ['operations: "operations" must be a list; found a record | Write operations = [{ id = "…", type = "…" }].'],
    ],
    [
      'for an operation that is no record',
      { name: 'x', operations: ['a', operation('b')] },
      ['operations[0]: an operation must be a record; found "a"'],
    ],
    [
      'for an unknown key',
      { ...one({}), paralel_limit: 3 },
      ['paralel_limit: unknown key "paralel_limit" | Did you mean "parallel_limit"?'],
    ],
    [
      'for a key of an operation that stands at the top',
      { ...one({}), on_failure: 'rollback' },
      ['on_failure: unknown key "on_failure" | It is a key of an operation: write it there.'],
    ],
    [
      'for a limit of none',
      { ...one({}), parallel_limit: 0 },
      ['parallel_limit: "parallel_limit" must be a whole number, 1 or more; found 0'],
    ],
    [
      'for half a limit',
      { ...one({}), parallel_limit: 1.5 },
      ['parallel_limit: "parallel_limit" must be a whole number, 1 or more; found 1.5'],
    ],
    [
      'for a flag in quotes',
      { ...one({}), rollback_enabled: 'yes' },
      ['rollback_enabled: "rollback_enabled" must be true or false; found "yes"'],
    ],
    ['for a version that is a number', { ...one({}), version: 1 }, ['version: "version" must be a string; found 1']],
    [
      'for an infra that leads elsewhere',
      { ...one({}), infra: '../../etc' },
      [`infra: "../../etc" is not a name | ${NAME}`],
    ],
    [
      'for a missing id',
      workflowOf({ type: 'command.run', params: { argv: ['true'] } }),
      ['operations[0]: "id" is missing | Every operation has an id, such as id = "web-1".'],
    ],
    [
      'for a missing type',
      workflowOf({ id: 'a' }),
      [
        'operations[0] (a): "type" is missing | Say what to do, such as type = "server.create" or type = "command.run".',
      ],
    ],
    [
      'for an unknown type that is nearly known',
      one({ type: 'servr.create' }),
      ['operations[0] (a).type: unknown type "servr.create" | Did you mean "server.create"?'],
    ],
    [
      'for an unknown type',
      one({ type: 'moon.land' }),
      [
        'operations[0] (a).type: unknown type "moon.land" | It would be "land-moon" in moons/land.nu of the library or of nulib/.',
      ],
    ],
    [
      'for a type that is no noun and verb',
      one({ type: 'Server' }),
      ['operations[0] (a).type: "Server" is not a type | A type is NOUN.VERB in lower case, such as "server.create".'],
    ],
    ['for a type that is a number', one({ type: 7 }), ['operations[0] (a).type: "type" must be a string; found 7']],
    [
      'for an unknown key of an operation',
      one({ timout: 3 }),
      ['operations[0] (a).timout: unknown key "timout" | Did you mean "timeout"?'],
    ],
    [
      'for a key like no other',
      one({ frobnicate: 3 }),
      [
        'operations[0] (a).frobnicate: unknown key "frobnicate" | Known here: id, type, provider, params, dependencies, timeout, priority, retry, idempotent, probe, compensate, irreversible, on_failure, pool, mutex, credentials, waves, max_fail_percent.',
      ],
    ],
    [
      'for keys of the prototype',
      workflowOf(
        JSON.parse('{"id":"a","type":"command.run","params":{"argv":["true"]},"__proto__":{"x":1}}') as object,
      ),
      [
        'operations[0] (a).__proto__: unknown key "__proto__" | Known here: id, type, provider, params, dependencies, timeout, priority, retry, idempotent, probe, compensate, irreversible, on_failure, pool, mutex, credentials, waves, max_fail_percent.',
      ],
    ],
    [
      'for a provider that comes later',
      one({ provider: 'aws' }),
      ['operations[0] (a).provider: provider "aws" is not in this version | Available: "local", "ssh".'],
    ],
    [
      'for a misspelt provider',
      one({ provider: 'upclod' }),
      [
        'operations[0] (a).provider: "provider" must be one of local, ssh, aws, upcloud; found "upclod" | Did you mean "upcloud"?',
      ],
    ],
    [
      'for a priority that is a number',
      one({ priority: 3 }),
      ['operations[0] (a).priority: "priority" must be one of low, normal, high; found 3'],
    ],
    [
      'for a misspelt priority',
      one({ priority: 'hihg' }),
      ['operations[0] (a).priority: "priority" must be one of low, normal, high; found "hihg" | Did you mean "high"?'],
    ],
    [
      'for a negative timeout',
      one({ timeout: -1 }),
      ['operations[0] (a).timeout: "timeout" must be a number of seconds, 0 to 31536000; found -1'],
    ],
    [
      'for an endless timeout',
      one({ timeout: Infinity }),
      ['operations[0] (a).timeout: "timeout" must be a number of seconds, 0 to 31536000; found Infinity'],
    ],
    [
      'for a timeout with a unit',
      one({ timeout: '30s' }),
      ['operations[0] (a).timeout: "timeout" must be a number of seconds, 0 to 31536000; found "30s"'],
    ],
    [
      'for retry as a number',
      one({ retry: 3 }),
      ['operations[0] (a).retry: "retry" must be a record; found 3 | Write retry = { attempts = 3 }.'],
    ],
    [
      'for no attempt',
      one({ retry: { attempts: 0 } }),
      ['operations[0] (a).retry.attempts: "attempts" must be a whole number, 1 to 100; found 0'],
    ],
    [
      'for too many attempts',
      one({ retry: { attempts: 101 } }),
      ['operations[0] (a).retry.attempts: "attempts" must be a whole number, 1 to 100; found 101'],
    ],
    [
      'for an unknown backoff',
      one({ retry: { backoff: 'exponental' } }),
      [
        'operations[0] (a).retry.backoff: "backoff" must be one of fixed, linear, exponential; found "exponental" | Did you mean "exponential"?',
      ],
    ],
    [
      'for a negative delay',
      one({ retry: { initial_delay: -1, max_delay: NaN } }),
      [
        'operations[0] (a).retry.initial_delay: "initial_delay" must be a number of seconds, 0 to 31536000; found -1',
        'operations[0] (a).retry.max_delay: "max_delay" must be a number of seconds, 0 to 31536000; found NaN',
      ],
    ],
    [
      'for jitter of more than the whole delay',
      one({ retry: { jitter: 1.5 } }),
      ['operations[0] (a).retry.jitter: "jitter" must be a number, 0 to 1; found 1.5'],
    ],
    [
      'for times of the whole run that are none',
      { ...one({}), timeout: '1h', queue_timeout: -1 },
      [
        'timeout: "timeout" must be a number of seconds, 0 to 31536000; found "1h"',
        'queue_timeout: "queue_timeout" must be a number of seconds, 0 to 31536000; found -1',
      ],
    ],
    [
      'for kinds of failure that are misspelt or none',
      one({ retry: { on: ['timed_out', 'timedout', 'rate_limited', 'Not Found', 7] } }),
      [
        'operations[0] (a).retry.on[1]: unknown kind of failure "timedout" | Did you mean "timed_out"?',
        'operations[0] (a).retry.on[3]: "Not Found" is no kind of failure: small letters, digits and _ | Ours are work_failed, timed_out, conflict, not_found, usage; others are what a task writes as "code" into its failure.json.',
        'operations[0] (a).retry.on[4]: 7 is no kind of failure: small letters, digits and _ | Ours are work_failed, timed_out, conflict, not_found, usage; others are what a task writes as "code" into its failure.json.',
      ],
    ],
    [
      'for exit codes that are none',
      one({ retry: { on_exit_codes: [1, 0, 'x', 256] } }),
      [
        'operations[0] (a).retry.on_exit_codes[1]: 0 is no exit code of a failure: 1 to 255',
        'operations[0] (a).retry.on_exit_codes[2]: "x" is no exit code of a failure: 1 to 255',
        'operations[0] (a).retry.on_exit_codes[3]: 256 is no exit code of a failure: 1 to 255',
      ],
    ],
    [
      'for an unknown key of retry',
      one({ retry: { attempt: 3 } }),
      ['operations[0] (a).retry.attempt: unknown key "attempt" | Did you mean "attempts"?'],
    ],
    [
      'for parameters in a list',
      one({ params: [1] }),
      ['operations[0] (a).params: "params" must be a record; found a list | Write params = { … }.'],
    ],
    [
      'for dependencies that are a string',
      one({ dependencies: 'b' }),
      [
        'operations[0] (a).dependencies: "dependencies" must be a list of ids; found "b" | Write dependencies = ["web-1"].',
      ],
    ],
    [
      'for a dependency that is a number',
      one({ dependencies: [3] }),
      ['operations[0] (a).dependencies[0]: a dependency must be the id of an operation; found 3'],
    ],
    [
      'for an unknown dependency',
      workflowOf(operation('web-1'), operation('b', { dependencies: ['web-1', 'web1'] })),
      ['operations[1] (b).dependencies[1]: unknown dependency "web1" | Did you mean "web-1"?'],
    ],
    [
      'for a dependency that is like the id of its own operation only',
      workflowOf(operation('web-1', { dependencies: ['web1'] })),
      ['operations[0] (web-1).dependencies[0]: unknown dependency "web1" | No operation of this workflow has this id.'],
    ],
    [
      'for a dependency like no other',
      one({ dependencies: ['kubernetes'] }),
      [
        'operations[0] (a).dependencies[0]: unknown dependency "kubernetes" | No operation of this workflow has this id.',
      ],
    ],
    [
      'for depending on itself',
      one({ dependencies: ['a'] }),
      ['operations[0] (a).dependencies[0]: "a" depends on itself | Remove this dependency.'],
    ],
    [
      'for an id that is used twice',
      workflowOf(operation('a'), operation('b'), operation('a')),
      ['operations[2] (a).id: id "a" is already used at operations[0] (a) | Ids are unique in a workflow.'],
    ],
  ])('%s', (_, value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  test('with everything that is wrong at once', () => {
    const value = {
      name: '',
      operations: [operation('a', { timeout: -1, dependencies: ['x'] }), operation('a', { type: 'no' }), 3],
    };
    expect(problems(value)).toHaveLength(6);
  });

  test('with the code of a bad definition and the file', () => {
    const result = validate({});
    expect(result.ok ? [] : result.error.map(({ code, place }) => [code, place?.file])).toEqual([
      ['definition_invalid', 'deploy.ncl'],
      ['definition_invalid', 'deploy.ncl'],
    ]);
  });

  test('for more than 100,000 operations', () => {
    const operations = Array.from({ length: 100_001 }, () => null);
    expect(problems({ name: 'x', operations })).toEqual(['operations: 100001 operations; at most 100000 are possible']);
  });
});

describe('parameters are refused', () => {
  const run = (params: unknown, type = 'command.run') => problems(workflowOf({ id: 'a', type, params }));
  const at = 'operations[0] (a).params';
  test.each<[string, unknown, readonly string[]]>([
    [
      'command.run',
      {},
      [`${at}: "argv" is missing | Write the program and its arguments one by one: argv = ["echo", "hello"].`],
    ],
    [
      'command.run',
      { argv: 'echo hello' },
      [
        `${at}.argv: "argv" must be a list of strings; found "echo hello" | Write the program and its arguments one by one: argv = ["echo", "hello"].`,
      ],
    ],
    [
      'command.run',
      { argv: [] },
      [
        `${at}.argv: "argv" names no program | Write the program and its arguments one by one: argv = ["echo", "hello"].`,
      ],
    ],
    [
      'command.run',
      { argv: [''] },
      [
        `${at}.argv: "argv" names no program | Write the program and its arguments one by one: argv = ["echo", "hello"].`,
      ],
    ],
    [
      'command.run',
      { argv: ['true'], servers: [] },
      [`${at}.servers: "servers" names no server | Leave it out to run on this machine.`],
    ],
    [
      'command.run',
      { argv: ['true'], servers: 'web-1' },
      [`${at}.servers: "servers" must be a list of names; found "web-1"`],
    ],
    ['command.run', { argv: ['sleep', 3] }, [`${at}.argv[1]: "argv[1]" must be a string; found 3 | Put it in quotes.`]],
    ['command.run', { argv: ['a\0b'] }, [`${at}.argv[0]: "argv[0]" contains a NUL character`]],
    [
      'command.run',
      { argv: ['a'], env: { A: 1, '1B': 'x' } },
      [
        `${at}.env.A: "env.A" must be a string; found 1 | Put it in quotes.`,
        `${at}.env.1B: "1B" is no name of a variable`,
      ],
    ],
    ['command.run', { argv: ['a'], env: ['A=1'] }, [`${at}.env: "env" must be a record; found a list`]],
    [
      'command.run',
      { argv: ['a'], cwd: '' },
      [`${at}.cwd: "cwd" is empty | Leave it out to run in the root of the workspace.`],
    ],
    ['command.run', { argv: ['a'], cwd: 3 }, [`${at}.cwd: "cwd" must be a string; found 3 | Put it in quotes.`]],
    [
      'command.run',
      { argv: ['a'], environment: {} },
      [`${at}.environment: unknown key "environment" | Known here: argv, env, cwd, servers.`],
    ],
    [
      'nushell.run',
      { module: 'dns/update.nu', function: 'update-dns', arg: {} },
      [`${at}.arg: unknown key "arg" | Did you mean "args"?`],
    ],
    [
      'nushell.run',
      { args: {} },
      [
        `${at}: "module" is missing | A path inside the library, such as "dns/update.nu".`,
        `${at}: "function" is missing | Lower-case letters, digits and "-", such as "update-dns".`,
      ],
    ],
    [
      'nushell.run',
      { module: '../x.nu', function: 'x' },
      [`${at}.module: "../x.nu" is no module | A path inside the library, such as "dns/update.nu".`],
    ],
    [
      'nushell.run',
      { module: '/etc/x.nu', function: 'x; rm' },
      [
        `${at}.module: "/etc/x.nu" is no module | A path inside the library, such as "dns/update.nu".`,
        `${at}.function: "x; rm" is no function | Lower-case letters, digits and "-", such as "update-dns".`,
      ],
    ],
    [
      'nushell.run',
      { module: 'a.nu', function: 'x', args: [] },
      [`${at}.args: "args" must be a record; found an empty list`],
    ],
    ['server.create', { plan: 3 }, [`${at}.plan: "plan" must be a string; found 3`]],
    ['taskserv.create', { servers: 'web-1' }, [`${at}.servers: "servers" must be a list of names; found "web-1"`]],
    [
      'app.deploy',
      { replicas: '3', port: 0 },
      [
        `${at}.replicas: "replicas" must be a whole number, 0 to 100000; found "3"`,
        `${at}.port: "port" must be a whole number, 1 to 65535; found 0`,
      ],
    ],
    ['dns.update', { a: { b: Infinity } }, [`${at}.a.b: Infinity is not a number that JSON knows | Write a string.`]],
    [
      'dns.update',
      { a: 2 ** 63 },
      [`${at}.a: 9223372036854776000 has too many digits to be kept exactly | Write it as a string, in quotes.`],
    ],
  ])('of %s: %j', (type, params, expected) => {
    expect(run(params, type)).toEqual(expected);
  });

  test('for being nested too deeply', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    expect(run({ deep }, 'dns.update')[0]).toMatch(/: data is nested more than 100 levels deep$/);
  });
});

describe('hostile text', () => {
  const HOSTILE = [
    "'; touch /tmp/x #",
    '$(id)',
    '`id`',
    '../../etc',
    '..',
    '.hidden',
    '-rf',
    'a b',
    'a\nb',
    'a\u001b[31mred',
    'a\u009b31mred',
    'a\u202eb',
    'ä',
    '',
    'x'.repeat(64),
    'x'.repeat(10_000),
    '💥'.repeat(5000),
  ];
  test.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 30), text] as const))(
    '%s is refused wherever a name stands, and shown escaped and cut',
    (_, text) => {
      const fields = [
        { ...workflowOf(operation('a')), name: text },
        { ...workflowOf(operation('a')), infra: text },
        workflowOf(operation(text)),
        workflowOf(operation('a', { type: text })),
        workflowOf(operation('a', { provider: text })),
        workflowOf(operation('a', { dependencies: [text] })),
        workflowOf(operation('a', { [text]: 1 })),
        workflowOf({ id: 'a', type: 'server.create', params: { name: text } }),
        workflowOf({ id: 'a', type: 'taskserv.create', params: { servers: [text] } }),
        workflowOf(operation('a', { params: { argv: ['true'], env: { [`=${text}`]: 3 } } })),
      ];
      for (const value of fields) {
        const found = problems(value);
        expect(found).not.toEqual([]);
        for (const problem of found) {
          expect(problem.length).toBeLessThan(500);
          expect(problem).toMatch(/^[\P{C}]*$/u);
        }
      }
    },
  );
});

describe('cycles', () => {
  const chain = (...ids: readonly string[]) =>
    ids.map((id, index) => operation(id, { dependencies: [ids[(index + 1) % ids.length]] }));
  const HINT = '"a → b" says that a waits for b.';

  test('are printed from their first operation in the file, at the dependency that is part of them', () => {
    const value = workflowOf(operation('x'), ...chain('a', 'b', 'c'), operation('y', { dependencies: ['a', 'x'] }));
    expect(problems(value)).toEqual([`operations[1] (a).dependencies[0]: dependency cycle: a → b → c → a | ${HINT}`]);
  });

  test('do not include what leads to them', () => {
    const value = workflowOf(
      operation('lead', { dependencies: ['in'] }),
      operation('in', { dependencies: ['lead2', 'b'] }),
      operation('lead2'),
      ...chain('b', 'c'),
    );
    expect(problems(value)).toEqual([`operations[3] (b).dependencies[0]: dependency cycle: b → c → b | ${HINT}`]);
  });

  test('are all reported when they are separate', () => {
    expect(problems(workflowOf(...chain('a', 'b'), ...chain('c', 'd')))).toHaveLength(2);
  });

  test('of 20,000 operations are found and cut in the middle', () => {
    const [problem = ''] = problems(
      workflowOf(...chain(...Array.from({ length: 20_000 }, (_, index) => `op-${index}`))),
    );
    expect(problem).toContain('dependency cycle: op-0 → op-1 → … (19998 more) … → op-0 | ');
  });

  test('in a web where everything depends on everything are reported without taking long', () => {
    const ids = Array.from({ length: 300 }, (_, index) => `op-${index}`);
    const found = problems(
      workflowOf(...ids.map((id) => operation(id, { dependencies: ids.filter((other) => other !== id) }))),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(10);
  });
});

test('20,000 operations with dependencies are validated in a fraction of a second', () => {
  const operations = Array.from({ length: 20_000 }, (_, index) =>
    operation(`op-${index}`, { dependencies: index === 0 ? [] : [`op-${index - 1}`, 'op-0'], retry: { attempts: 2 } }),
  );
  const document = documentOf('big.json', { name: 'big', operations });
  const used = cpuTime();
  expect(validateWorkflow(document, KNOWN).ok).toBe(true);
  // The aim is 300 ms; the margin is for slow machines, and still far from anything quadratic.
  expect(used()).toBeLessThan(1500);
});

test('20,000 unknown dependencies are reported without comparing every name with every other', () => {
  const operations = Array.from({ length: 20_000 }, (_, index) =>
    operation(`op-${index}`, { dependencies: [`oops-${index}`] }),
  );
  const used = cpuTime();
  expect(problems({ name: 'big', operations })).toHaveLength(20_000);
  expect(used()).toBeLessThan(3000);
});
