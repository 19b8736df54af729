import { describe, expect, test } from 'vitest';
import type { JsonRecord } from '../../src/domain/json.ts';
import { commandWorkflow } from '../../src/workflow/command.ts';
import type { CommandRequest } from '../../src/workflow/request.ts';
import { documentOf } from '../../src/workflow/document.ts';
import { validateInfra } from '../../src/workflow/infra.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';

const FINGERPRINT = 'SHA256:+PIGkN2XR99HAp7Z0cBvGHW954WauNhw3TrNhr/cjMA';
const FULL = {
  address: '10.0.0.7',
  port: 2222,
  user: 'ops',
  identity: '~/.ssh/deploy',
  jump: 'ops@gate.example.org:22',
  host_key: FINGERPRINT,
  ssh_config: 'ssh.conf',
  connect_timeout: 5,
};

const ofInfra = (server: JsonRecord): readonly string[] => {
  const read = validateInfra(documentOf('infra/a.ncl', { provider: 'ssh', servers: [{ name: 'a', ...server }] }));
  return read.ok ? [] : read.error.map(({ place, message, hint }) => `${place?.path}: ${message} | ${hint}`);
};

const workflow = (operation: JsonRecord) =>
  validateWorkflow(documentOf('w.ncl', { name: 'w', operations: [operation] }), new Set(['server.create']));

describe('a server that is there already', () => {
  test('is described by fields of its own or by params', () => {
    expect(ofInfra(FULL)).toEqual([]);
    expect(ofInfra({ params: FULL })).toEqual([]);
    expect(ofInfra({ address: 'web-1.example.org', params: { user: 'root' } })).toEqual([]);
    expect(workflow({ id: 'a', type: 'server.create', provider: 'ssh', params: FULL })).toMatchObject({ ok: true });
  });

  test.each<[JsonRecord, string]>([
    [{}, 'servers[0] (a): "address" is missing | Say where the server answers: address = "10.0.0.7".'],
    [
      { address: '-oProxyCommand=x' },
      'servers[0] (a).address: "-oProxyCommand=x" cannot be the address | A name or an',
    ],
    [{ address: 'a b' }, 'servers[0] (a).address: "a b" cannot be the address'],
    [{ address: 'a\nb' }, 'servers[0] (a).address: "a\\nb" cannot be the address'],
    [{ address: 'a', port: 0 }, 'servers[0] (a).port: "port" must be a whole number, 1 to 65535; found 0'],
    [{ address: 'a', port: '22' }, 'servers[0] (a).port: "port" must be a whole number, 1 to 65535; found "22"'],
    [{ address: 'a', user: '-l' }, 'servers[0] (a).user: "-l" cannot be the user | The name of a user there'],
    [{ address: 'a', user: 'x;y' }, 'servers[0] (a).user: "x;y" cannot be the user'],
    [{ address: 'a', jump: '-W' }, 'servers[0] (a).jump: "-W" cannot be the jump | Write it as [user@]host[:port].'],
    [{ address: 'a', jump: 'h$(id)' }, 'servers[0] (a).jump: "h$(id)" cannot be the jump'],
    [
      { address: 'a', host_key: 'MD5:aa' },
      'servers[0] (a).host_key: "MD5:aa" cannot be the host_key | Its fingerprint',
    ],
    [{ address: 'a', adress: 'b' }, 'servers[0] (a).adress: unknown key "adress" | Did you mean "address"?'],
    [
      { address: 'a', params: { usr: 'b' } },
      'servers[0] (a).params.usr: provider "ssh" has no parameter "usr" | Did you mean "user"?',
    ],
    [
      { address: 'a', params: { address: 'b' } },
      'servers[0] (a).params.address: "address" does not belong into "params"',
    ],
    [
      { address: 'a', connect_timeout: 0 },
      'servers[0] (a).connect_timeout: "connect_timeout" must be a whole number of',
    ],
  ])('%j is refused at its place', (server, problem) => {
    const [first, ...more] = ofInfra(server);
    expect(first).toContain(problem);
    expect(more).toEqual([]);
  });

  test('in a workflow, an unknown parameter is refused with a suggestion, and its address may be a result', () => {
    const wrong = workflow({ id: 'a', type: 'server.create', provider: 'ssh', params: { addres: '10.0.0.7' } });
    expect(wrong).toMatchObject({
      error: [{ message: '"address" is missing' }, { message: 'provider "ssh" has no parameter "addres"' }],
    });
    const both = {
      name: 'w',
      operations: [
        { id: 'b', type: 'command.run', params: { argv: ['true'] } },
        {
          id: 'a',
          type: 'server.create',
          provider: 'ssh',
          dependencies: ['b'],
          params: { address: "{{ tasks['b'].ip }}" },
        },
      ],
    };
    expect(validateWorkflow(documentOf('w.ncl', both), new Set(['server.create']))).toMatchObject({ ok: true });
  });

  test('a server of another provider needs no address and keeps parameters of its own', () => {
    expect(workflow({ id: 'a', type: 'server.create', provider: 'local', params: { disk: 20 } })).toMatchObject({
      ok: true,
    });
  });
});

describe('a key in a variable', () => {
  const request: CommandRequest = {
    noun: 'server',
    verb: 'create',
    infra: 'default',
    names: ['a'],
    all: false,
    inventory: [],
    params: { address: '10.0.0.7', identity: 'env:DEPLOY_KEY' },
    provider: 'ssh',
  };

  test('is a credential of the operation that adopts the server', () => {
    expect(commandWorkflow(request)).toMatchObject({
      value: { operations: [{ credentials: { DEPLOY_KEY: 'env:DEPLOY_KEY' } }] },
    });
  });

  test('and of services that are installed on it, but of no others', () => {
    const definition = { identity: 'env:DEPLOY_KEY' };
    const inventory = [
      { kind: 'server', name: 'a', provider: 'ssh', definition } as const,
      { kind: 'server', name: 'b', provider: 'ssh', definition: {} } as const,
    ];
    const install = (servers: string[]) =>
      commandWorkflow({ ...request, noun: 'taskserv', names: ['nginx'], inventory, params: { servers } });
    expect(install(['a', 'b'])).toMatchObject({
      value: { operations: [{ credentials: { DEPLOY_KEY: 'env:DEPLOY_KEY' } }] },
    });
    const none = install(['b']);
    expect(none.ok && none.value.operations[0]?.credentials).toBeUndefined();
  });

  test('a file or what ssh finds by itself is no credential', () => {
    for (const identity of ['~/.ssh/key', 'file:/run/key']) {
      const made = commandWorkflow({ ...request, params: { address: 'a', identity } });
      expect(made.ok && made.value.operations[0]?.credentials).toBeUndefined();
    }
  });
});
