import { describe, expect, test } from 'vitest';
import { documentOf } from '../../src/workflow/document.ts';
import { validateInfra } from '../../src/workflow/infra.ts';
import { cpuTime } from '../rig/cpu-time.ts';

const read = (value: unknown) => validateInfra(documentOf('infra/wuji.ncl', value));

const problems = (value: unknown): readonly string[] => {
  const result = read(value);
  return result.ok
    ? []
    : result.error.map(
        ({ place, message, hint }) => `${place?.path ?? '-'}: ${message}${hint === undefined ? '' : ` | ${hint}`}`,
      );
};

const WUJI = {
  provider: 'local',
  servers: [
    { name: 'wuji-1', plan: '2xCPU-4GB', zone: 'de-fra1' },
    { name: 'wuji-2', params: { disk: 20 } },
  ],
  taskservs: [{ name: 'kubernetes', servers: ['wuji-1'], params: { pod_subnet: '10.1.0.0/16' } }, { name: 'nginx' }],
  clusters: [{ name: 'k1', servers: ['wuji-1'], taskservs: ['kubernetes'] }, { name: 'k2' }],
};

describe('an infra', () => {
  test('has every default filled in', () => {
    expect(read(WUJI)).toEqual({
      ok: true,
      value: {
        servers: [
          { name: 'wuji-1', provider: 'local', params: { plan: '2xCPU-4GB', zone: 'de-fra1' } },
          { name: 'wuji-2', provider: 'local', params: { disk: 20 } },
        ],
        taskservs: [
          { name: 'kubernetes', servers: ['wuji-1'], params: { pod_subnet: '10.1.0.0/16' } },
          { name: 'nginx', servers: ['wuji-1', 'wuji-2'], params: {} },
        ],
        clusters: [
          { name: 'k1', servers: ['wuji-1'], taskservs: ['kubernetes'], params: {} },
          { name: 'k2', servers: ['wuji-1', 'wuji-2'], taskservs: [], params: {} },
        ],
      },
    });
  });

  test('may have nothing but names of servers', () => {
    expect(read({ servers: [{ name: 'a' }] })).toMatchObject({
      ok: true,
      value: { servers: [{ name: 'a', params: {} }], taskservs: [], clusters: [] },
    });
  });

  test('may use one name for a server and a cluster', () => {
    expect(problems({ servers: [{ name: 'k1' }], clusters: [{ name: 'k1' }] })).toEqual([]);
  });

  test.each<[string, unknown, readonly string[]]>([
    [
      'that is a list',
      [],
      ['-: an infra must be a record; found an empty list | Write servers = [{ name = "web-1" }].'],
    ],
    ['with an unknown key', { server: [] }, ['server: unknown key "server" | Did you mean "servers"?']],
    [
      'with servers by name',
      { servers: { a: {} } },
      ['servers: "servers" must be a list; found a record | Write servers = [{ name = "…" }].'],
    ],
    [
      'with a server that is a string',
      { servers: ['a'] },
      ['servers[0]: an element of "servers" must be a record; found "a" | Write { name = "…" }.'],
    ],
    [
      'with a server without a name',
      { servers: [{ plan: 'x' }] },
      ['servers[0]: "name" is missing | Everything in an infra has a name.'],
    ],
    [
      'with an unknown key of a server',
      { servers: [{ name: 'a', pln: 'x' }] },
      ['servers[0] (a).pln: unknown key "pln" | Did you mean "plan"?'],
    ],
    [
      'with a plan that is a number',
      { servers: [{ name: 'a', plan: 2 }] },
      ['servers[0] (a).plan: "plan" must be a string; found 2'],
    ],
    [
      'with a provider of later versions',
      { provider: 'aws', servers: [{ name: 'a', provider: 'upcloud' }] },
      [
        'provider: provider "aws" is not in this version | Available: "local", "ssh".',
        'servers[0] (a).provider: provider "upcloud" is not in this version | Available: "local", "ssh".',
      ],
    ],
    [
      'with the result of a task',
      { servers: [{ name: 'a', params: { hosts: ["{{ tasks['b'].ip }}", '{{ name }}'] } }] },
      [
        'servers[0] (a).params.hosts[0]: uses the result of a task, and an infra has none | Write the value itself, or write a workflow.',
      ],
    ],
    [
      'with two servers of one name',
      { servers: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
      ['servers[2] (a).name: name "a" is already used at servers[0] (a)'],
    ],
    [
      'with a taskserv on an unknown server',
      { servers: [{ name: 'wuji-1' }], taskservs: [{ name: 'x', servers: ['wuji-1', 'wuji1'] }] },
      ['taskservs[0] (x).servers[1]: unknown name "wuji1" | Did you mean "wuji-1"?'],
    ],
    [
      'with a cluster of unknown parts',
      { clusters: [{ name: 'k', servers: ['a'], taskservs: ['kubernetes'] }] },
      [
        'clusters[0] (k).servers[0]: unknown name "a" | It is none of the servers of this infra.',
        'clusters[0] (k).taskservs[0]: unknown name "kubernetes" | It is none of the taskservs of this infra.',
      ],
    ],
    [
      'with a name that is none',
      { servers: [{ name: '../../etc' }] },
      [
        'servers[0].name: "../../etc" is not a name | A name begins with a letter or a digit, goes on with letters, digits, ".", "_" or "-", and has at most 63 characters.',
      ],
    ],
    [
      'that says something twice',
      { servers: [{ name: 'a', plan: 'x', params: { plan: 'y', name: 'b' } }] },
      [
        'servers[0] (a).params.name: "name" does not belong into "params" | Move it beside "params".',
        'servers[0] (a).params.plan: "plan" does not belong into "params" | Move it beside "params".',
      ],
    ],
    [
      'with parameters that are no record',
      { taskservs: [{ name: 'a', params: 3 }] },
      ['taskservs[0] (a).params: "params" must be a record; found 3 | Write params = { … }.'],
    ],
  ])('%s is refused', (_, value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  test('with thousands of unknown names is refused without comparing each with all', () => {
    const servers = Array.from({ length: 5000 }, (_, index) => ({ name: `server-${index}` }));
    const used = cpuTime();
    expect(
      problems({ servers, taskservs: [{ name: 'x', servers: servers.map(({ name }) => `${name}x`) }] }),
    ).toHaveLength(5000);
    expect(used()).toBeLessThan(3000);
  });
});
