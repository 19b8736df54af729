import { describe, expect, test } from 'vitest';
import type { Infra } from '../../src/domain/infra.ts';
import { commandWorkflow } from '../../src/workflow/command.ts';
import type { CommandRequest, InventoryEntry } from '../../src/workflow/request.ts';

const WUJI: Infra = {
  servers: [
    { name: 'wuji-1', provider: 'local', params: { plan: 'small', zone: 'de-fra1' } },
    { name: 'wuji-2', provider: 'local', params: { plan: 'large' } },
  ],
  taskservs: [
    { name: 'kubernetes', servers: ['wuji-1', 'wuji-2'], params: { pod_subnet: '10.1.0.0/16' } },
    { name: 'nginx', servers: ['wuji-2'], params: {} },
  ],
  clusters: [{ name: 'k1', servers: ['wuji-1', 'wuji-2'], taskservs: ['kubernetes'], params: {} }],
};

const made = (kind: InventoryEntry['kind'], name: string): InventoryEntry => ({
  kind,
  name,
  definition: {},
  provider: kind === 'server' ? 'local' : null,
});

const request = (
  noun: CommandRequest['noun'],
  verb: CommandRequest['verb'],
  rest: Partial<CommandRequest> = {},
): CommandRequest => ({
  noun,
  verb,
  infra: 'wuji',
  names: [],
  all: false,
  inventory: [],
  params: {},
  ...rest,
});

const operations = (asked: CommandRequest) => {
  const result = commandWorkflow(asked);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.operations.map(({ id, type, provider, params, dependencies }) => ({
    id,
    type,
    provider,
    params,
    dependencies,
  }));
};

const refusals = (asked: CommandRequest): readonly string[] => {
  const result = commandWorkflow(asked);
  return result.ok ? [] : result.error.map(({ code, message, hint }) => `${code}: ${message} | ${hint}`);
};

describe('server create', () => {
  test('creates every server of the infra', () => {
    expect(operations(request('server', 'create', { definition: WUJI }))).toEqual([
      {
        id: 'wuji-1',
        type: 'server.create',
        provider: 'local',
        params: { name: 'wuji-1', plan: 'small', zone: 'de-fra1' },
        dependencies: [],
      },
      {
        id: 'wuji-2',
        type: 'server.create',
        provider: 'local',
        params: { name: 'wuji-2', plan: 'large' },
        dependencies: [],
      },
    ]);
  });

  test('creates one server, with what the flags say first', () => {
    expect(
      operations(request('server', 'create', { definition: WUJI, names: ['wuji-1'], params: { plan: 'huge' } })),
    ).toEqual([
      {
        id: 'wuji-1',
        type: 'server.create',
        provider: 'local',
        params: { name: 'wuji-1', plan: 'huge', zone: 'de-fra1' },
        dependencies: [],
      },
    ]);
  });

  test('makes servers from flags alone where the infra has no file', () => {
    expect(
      operations(request('server', 'create', { names: ['a', 'b', 'a'], provider: 'local', params: { plan: 'x' } })),
    ).toEqual([
      { id: 'a', type: 'server.create', provider: 'local', params: { name: 'a', plan: 'x' }, dependencies: [] },
      { id: 'b', type: 'server.create', provider: 'local', params: { name: 'b', plan: 'x' }, dependencies: [] },
    ]);
  });

  test('is a workflow of its infra, named after the command', () => {
    const result = commandWorkflow(request('server', 'create', { definition: WUJI, priority: 'high' }));
    expect(result).toMatchObject({
      ok: true,
      value: { name: 'server.create', infra: 'wuji', operations: [{ priority: 'high' }, { priority: 'high' }] },
    });
  });

  test.each<[string, Partial<CommandRequest>, readonly string[]]>([
    [
      'a name that is not in the infra',
      { definition: WUJI, names: ['wuji1'] },
      ['not_found: infra "wuji" has no server "wuji1" | Did you mean "wuji-1"?'],
    ],
    [
      'a name like no other',
      { definition: WUJI, names: ['database'] },
      ['not_found: infra "wuji" has no server "database" | It has wuji-1, wuji-2.'],
    ],
    [
      'several unknown names at once',
      { definition: WUJI, names: ['x', 'y'] },
      [
        'not_found: infra "wuji" has no server "x" | It has wuji-1, wuji-2.',
        'not_found: infra "wuji" has no server "y" | It has wuji-1, wuji-2.',
      ],
    ],
    [
      'neither file nor names',
      {},
      [
        'not_found: infra "wuji" has no file | Write infra/wuji.ncl, or name what to create: provisioning server create NAME.',
      ],
    ],
    [
      'an infra without servers',
      { definition: { ...WUJI, servers: [] } },
      ['not_found: infra "wuji" has no servers | Write servers = [{ name = "…" }] in its file.'],
    ],
    [
      'a name that is none',
      { names: ['$(id)'] },
      [
        'usage: "$(id)" is not a name | A name begins with a letter or a digit, then letters, digits, ".", "_" or "-"; at most 63 characters.',
      ],
    ],
    [
      'an infra that is none',
      { infra: '../x', names: ['a'] },
      [
        'usage: "../x" is not the name of an infra | A name begins with a letter or a digit, then letters, digits, ".", "_" or "-"; at most 63 characters.',
      ],
    ],
    [
      'a provider of later versions',
      { names: ['a'], provider: 'aws' },
      ['usage: provider "aws" is not in this version (operations[0] (a).provider) | Available: "local", "ssh".'],
    ],
    [
      'names together with all',
      { names: ['a'], all: true },
      ['usage: both names and --all are given | Give one of them.'],
    ],
  ])('refuses %s', (_, rest, expected) => {
    expect(refusals(request('server', 'create', rest))).toEqual(expected);
  });
});

describe('taskserv create', () => {
  test('knows its servers, its parameters and its cluster from the infra, and creates no servers', () => {
    expect(operations(request('taskserv', 'create', { definition: WUJI, names: ['kubernetes'] }))).toEqual([
      {
        id: 'kubernetes',
        type: 'taskserv.create',
        provider: undefined,
        params: { name: 'kubernetes', servers: ['wuji-1', 'wuji-2'], cluster: 'k1', pod_subnet: '10.1.0.0/16' },
        dependencies: [],
      },
    ]);
  });

  test('installs every taskserv of the infra', () => {
    expect(
      operations(request('taskserv', 'create', { definition: WUJI })).map(({ id, params }) => [id, params['servers']]),
    ).toEqual([
      ['kubernetes', ['wuji-1', 'wuji-2']],
      ['nginx', ['wuji-2']],
    ]);
  });

  test('without a file installs on the servers that exist, or that a flag names', () => {
    const inventory = [made('server', 'a'), made('server', 'b'), made('cluster', 'c')];
    expect(operations(request('taskserv', 'create', { names: ['nginx'], inventory }))[0]?.params).toEqual({
      name: 'nginx',
      servers: ['a', 'b'],
    });
    expect(
      operations(request('taskserv', 'create', { names: ['nginx'], inventory, params: { servers: ['b'] } }))[0]?.params,
    ).toEqual({ name: 'nginx', servers: ['b'] });
  });
});

describe('cluster create', () => {
  test('creates the servers that do not exist before the cluster', () => {
    expect(
      operations(
        request('cluster', 'create', {
          definition: WUJI,
          names: ['k1'],
          inventory: [made('server', 'wuji-1')],
          params: { control_plane_endpoint: 'api.example' },
        }),
      ),
    ).toEqual([
      {
        id: 'wuji-2',
        type: 'server.create',
        provider: 'local',
        params: { name: 'wuji-2', plan: 'large' },
        dependencies: [],
      },
      {
        id: 'k1',
        type: 'cluster.create',
        provider: undefined,
        params: {
          name: 'k1',
          servers: ['wuji-1', 'wuji-2'],
          taskservs: ['kubernetes'],
          pod_subnet: '10.1.0.0/16',
          control_plane_endpoint: 'api.example',
        },
        dependencies: ['wuji-2'],
      },
    ]);
  });

  test('is one operation where all servers exist', () => {
    const inventory = [made('server', 'wuji-1'), made('server', 'wuji-2')];
    expect(
      operations(request('cluster', 'create', { definition: WUJI, inventory })).map(({ id, dependencies }) => [
        id,
        dependencies,
      ]),
    ).toEqual([['k1', []]]);
  });

  test('creates a server that two clusters share once, and tells clusters from servers of the same name', () => {
    const servers = [
      { name: 'x', params: {} },
      { name: 'cluster-x', params: {} },
    ];
    const clusters = ['x', 'y'].map((name) => ({ name, servers: ['x', 'cluster-x'], taskservs: [], params: {} }));
    expect(
      operations(request('cluster', 'create', { definition: { servers, taskservs: [], clusters } })).map(
        ({ id, type, params }) => [id, type, params['name']],
      ),
    ).toEqual([
      ['x', 'server.create', 'x'],
      ['cluster-x', 'server.create', 'cluster-x'],
      ['cluster-x-2', 'cluster.create', 'x'],
      ['y', 'cluster.create', 'y'],
    ]);
  });
});

describe('app deploy', () => {
  const params = { image: 'nginx:1.29', replicas: 3, port: 80, env: { A: 'b' } };

  test('is one operation on the cluster that is named', () => {
    expect(operations(request('app', 'deploy', { names: ['shop'], params: { ...params, cluster: 'k1' } }))).toEqual([
      {
        id: 'shop',
        type: 'app.deploy',
        provider: undefined,
        params: { name: 'shop', cluster: 'k1', ...params },
        dependencies: [],
      },
    ]);
  });

  test('needs no cluster where there is only one', () => {
    expect(
      operations(request('app', 'deploy', { names: ['shop'], inventory: [made('cluster', 'k9')] }))[0]?.params,
    ).toEqual({ name: 'shop', cluster: 'k9' });
    expect(
      operations(request('app', 'deploy', { names: ['shop'], definition: WUJI, inventory: [made('cluster', 'k1')] }))[0]
        ?.params,
    ).toEqual({ name: 'shop', cluster: 'k1' });
  });

  test.each<[string, Partial<CommandRequest>, readonly string[]]>([
    ['no name', { params: { cluster: 'k1' } }, ['usage: "app deploy" does not say what to deploy | Give a name.']],
    [
      'no cluster',
      { names: ['shop'] },
      [
        'usage: "app deploy" does not say where to; infra "wuji" has no cluster | Give --cluster NAME, or --server NAME for plain hosts.',
      ],
    ],
    [
      'several possible clusters',
      { names: ['shop'], inventory: [made('cluster', 'a'), made('cluster', 'b')] },
      [
        'usage: "app deploy" does not say where to; infra "wuji" has 2 clusters: a, b | Give --cluster NAME, or --server NAME for plain hosts.',
      ],
    ],
    [
      'a number of replicas that is none',
      { names: ['shop'], params: { cluster: 'k1', replicas: 'three' } },
      [
        'usage: "replicas" must be a whole number, 0 to 100000; found "three" (operations[0] (shop).params.replicas) | undefined',
      ],
    ],
  ])('refuses %s', (_, rest, expected) => {
    expect(refusals(request('app', 'deploy', rest))).toEqual(expected);
  });
});

describe('delete and remove', () => {
  test('take what is named, with the provider that made it', () => {
    expect(
      operations(
        request('server', 'delete', { names: ['a'], inventory: [made('server', 'a')], params: { force: true } }),
      ),
    ).toEqual([
      { id: 'a', type: 'server.delete', provider: 'local', params: { name: 'a', force: true }, dependencies: [] },
    ]);
  });

  test('with all take what the inventory or the infra file knows, each once', () => {
    const inventory = [made('server', 'wuji-1'), made('server', 'extra'), made('app', 'shop')];
    expect(
      operations(request('server', 'delete', { all: true, definition: WUJI, inventory })).map(({ id }) => id),
    ).toEqual(['wuji-1', 'extra', 'wuji-2']);
    expect(
      operations(request('app', 'remove', { all: true, definition: WUJI, inventory })).map(({ id, type }) => [
        id,
        type,
      ]),
    ).toEqual([['shop', 'app.remove']]);
  });

  test.each<[CommandRequest['noun'], CommandRequest['verb'], Partial<CommandRequest>, readonly string[]]>([
    [
      'server',
      'delete',
      {},
      ['usage: "server delete" does not say what to delete | Give names, or --all for everything in the infra.'],
    ],
    [
      'app',
      'remove',
      {},
      ['usage: "app remove" does not say what to remove | Give names, or --all for everything in the infra.'],
    ],
    ['server', 'delete', { all: true }, ['not_found: infra "wuji" has no servers | See: provisioning server list.']],
    [
      'server',
      'delete',
      { names: ['wuji-l'], inventory: [made('server', 'wuji-1')] },
      ['not_found: infra "wuji" has no server "wuji-l" | Did you mean "wuji-1"?'],
    ],
    ['app', 'create', { names: ['x'] }, ['usage: there is no "app create" | Use "app deploy" or "app remove".']],
    [
      'server',
      'remove',
      { names: ['x'] },
      ['usage: there is no "server remove" | Use "server create" or "server delete".'],
    ],
  ])('%s %s with %j is refused', (noun, verb, rest, expected) => {
    expect(refusals(request(noun, verb, rest))).toEqual(expected);
  });
});
