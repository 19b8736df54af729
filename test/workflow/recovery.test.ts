import { describe, expect, test } from 'vitest';
import { operation, problems, valid, workflowOf } from './document.ts';

const first = (extra: object) => valid(workflowOf(operation('a', extra))).operations[0];
const refusals = (extra: object) => problems(workflowOf(operation('a', extra)));
const at = 'operations[0] (a)';
const PROBE = 'Write probe = { argv = ["…"] }, or probe = { module = "dns/update.nu", function = "probe-dns" }.';

test('what may be done after a crash or a failure is kept as it is written', () => {
  const said = { idempotent: true, irreversible: true, on_failure: 'continue' };
  expect(first(said)).toMatchObject(said);
});

test.each<[string, object, string]>([
  ['idempotent in quotes', { idempotent: 'yes' }, `${at}.idempotent: "idempotent" must be true or false; found "yes"`],
  [
    'irreversible as a number',
    { irreversible: 1 },
    `${at}.irreversible: "irreversible" must be true or false; found 1`,
  ],
  [
    'a probe that would never be asked',
    { idempotent: true, probe: { argv: ['true'] } },
    `${at}.probe: an idempotent operation is done again without asking its probe | Remove one of the two.`,
  ],
  [
    'an unknown on_failure',
    { on_failure: 'rolback' },
    `${at}.on_failure: "on_failure" must be one of fail, continue, rollback; found "rolback" | Did you mean "rollback"?`,
  ],
  [
    'a rollback where the workflow forbids it',
    { on_failure: 'rollback' },
    `${at}.on_failure: "on_failure" is "rollback", and the workflow does not have rollback_enabled = true | Write rollback_enabled = true beside "operations", or another "on_failure".`,
  ],
  [
    'an irreversible operation that something takes back',
    { irreversible: true, compensate: { type: 'command.run', params: { argv: ['true'] } } },
    `${at}.irreversible: an irreversible operation has nothing that takes it back | Remove "compensate".`,
  ],
])('%s is refused', (_, extra, expected) => {
  expect(refusals(extra)).toEqual([expected]);
});

test('a rollback on failure is accepted where rollback is enabled', () => {
  const workflow = { ...workflowOf(operation('a', { on_failure: 'rollback' })), rollback_enabled: true };
  expect(valid(workflow).operations[0]?.on_failure).toBe('rollback');
});

test('a rollback_enabled that is no boolean is reported once', () => {
  const workflow = { ...workflowOf(operation('a', { on_failure: 'rollback' })), rollback_enabled: 'yes' };
  expect(problems(workflow)).toEqual(['rollback_enabled: "rollback_enabled" must be true or false; found "yes"']);
});

describe('a probe', () => {
  test('is a command or a function', () => {
    const argv = ['test', '-e', '/etc/hosts'];
    expect(first({ probe: { argv } })?.probe).toEqual({ argv });
    const own = { module: 'dns/update.nu', function: 'probe-dns' };
    expect(first({ probe: own })?.probe).toEqual(own);
  });

  test.each<[string, unknown, readonly string[]]>([
    ['true', true, [`${at}.probe: "probe" must be a record; found true | ${PROBE}`]],
    ['nothing', {}, [`${at}.probe: a probe needs "argv", or "module" and "function" | ${PROBE}`]],
    [
      'a command and a function at once',
      { argv: ['true'], module: 'a.nu', function: 'b' },
      [`${at}.probe: a probe is a command or a function, not both | ${PROBE}`],
    ],
    [
      'an empty command',
      { argv: [] },
      [
        `${at}.probe.argv: "argv" names no program | Write the program and its arguments one by one: argv = ["echo", "hello"].`,
      ],
    ],
    [
      'arguments that are numbers',
      { argv: ['a', 1] },
      [`${at}.probe.argv[1]: "argv[1]" must be a string; found 1 | Put it in quotes.`],
    ],
    [
      'a function without a module',
      { function: 'probe-dns' },
      [`${at}.probe: "module" is missing | A path inside the library, such as "dns/update.nu".`],
    ],
    [
      'a module outside the library',
      { module: '../x.nu', function: 'x' },
      [`${at}.probe.module: "../x.nu" is no module | A path inside the library, such as "dns/update.nu".`],
    ],
    [
      'an unknown key',
      { argv: ['true'], cwd: '/' },
      [`${at}.probe.cwd: unknown key "cwd" | Known here: argv, module, function.`],
    ],
  ])('%s is refused', (_, probe, expected) => {
    expect(refusals({ probe })).toEqual(expected);
  });
});

describe('a compensation', () => {
  const create = (extra: object) => ({ id: 'web', type: 'server.create', params: { name: 'web-1' }, ...extra });
  const taken = (compensate: object) => valid(workflowOf(create({ compensate }))).operations[0]?.compensate;

  test('is about the same resource where it names none of that kind', () => {
    expect(taken({ type: 'server.delete' })).toEqual({ type: 'server.delete', params: { name: 'web-1' } });
    expect(taken({ type: 'server.delete', params: { name: 'x' } })?.params).toEqual({ name: 'x' });
  });

  test('of another kind has the name of its operation', () => {
    expect(taken({ type: 'app.deploy', params: { cluster: 'k' } })?.params).toEqual({ cluster: 'k', name: 'web' });
  });

  test.each<[string, unknown, readonly string[]]>([
    [
      'a string',
      'server.delete',
      [
        'compensate: "compensate" must be a record; found "server.delete" | Write compensate = { type = "server.delete" }.',
      ],
    ],
    [
      'no type',
      {},
      ['compensate: "type" is missing | Say what to do, such as type = "server.create" or type = "command.run".'],
    ],
    [
      'an unknown type',
      { type: 'server.delte' },
      ['compensate.type: unknown type "server.delte" | Did you mean "server.delete"?'],
    ],
    [
      'an unknown key',
      { type: 'server.delete', argv: [] },
      ['compensate.argv: unknown key "argv" | Known here: type, params.'],
    ],
    [
      'parameters that its type does not take',
      { type: 'command.run', params: { argv: ['true'], shell: true } },
      ['compensate.params.shell: unknown key "shell" | Known here: argv, env, cwd, servers.'],
    ],
  ])('that is or has %s is refused', (_, compensate, expected) => {
    expect(problems(workflowOf(create({ compensate })))).toEqual(expected.map((text) => `operations[0] (web).${text}`));
  });
});
