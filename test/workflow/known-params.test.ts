import { expect, test } from 'vitest';
import { documentOf } from '../../src/workflow/document.ts';
import { validateInfra } from '../../src/workflow/infra.ts';
import { validateWorkflow } from '../../src/workflow/validate.ts';

const TYPES = new Set(
  ['server', 'taskserv', 'cluster']
    .flatMap((noun) => [`${noun}.create`, `${noun}.delete`])
    .concat('app.deploy', 'app.remove', 'dns.make'),
);

/** What is wrong with the parameters of one operation: place, message, hint. */
const read = (type: string, params: object): readonly (readonly (string | undefined)[])[] => {
  const before = { id: 'before', type: 'command.run', params: { argv: ['true'] } };
  const operation = { id: 'a', type, params, dependencies: ['before'] };
  const result = validateWorkflow(documentOf('w', { name: 'w', operations: [before, operation] }), TYPES, {});
  return result.ok
    ? []
    : result.error.map(({ message, place, hint }) => [place?.path?.replace(/^.*\(a\)\.params\.?/, ''), message, hint]);
};

test.each<[string, object, string, string]>([
  ['server.create', { force: true }, 'force', 'What is there and differs is deleted first.'],
  ['server.delete', { forced: true }, 'forced', 'Did you mean "force"?'],
  ['server.delete', { plan: 'large' }, 'plan', 'It has name, force.'],
  ['taskserv.create', { name: 'kubernetes', servers: ['s'], force: true }, 'force', 'What is there'],
  [
    'taskserv.create',
    { name: 'kubernetes', servers: ['s'], pod_subnets: 'x' },
    'pod_subnets',
    'Did you mean "pod_subnet"?',
  ],
  ['taskserv.delete', { name: 'nginx', server: ['s'] }, 'server', 'Did you mean "servers"?'],
  [
    'cluster.create',
    { servers: ['s'], version: '1' },
    'version',
    'It has name, servers, taskservs, kubernetes_version',
  ],
  ['cluster.create', { servers: ['s'], params: { pod_subne: 'x' } }, 'params.pod_subne', 'Did you mean "pod_subnet"?'],
  ['cluster.delete', { servers: ['s'] }, 'servers', 'It has name, force.'],
  ['app.deploy', { cluster: 'k', replica: 3 }, 'replica', 'Did you mean "replicas"?'],
  [
    'app.deploy',
    { servers: ['s'], source: 'x', command: ['y'], replicas: 3 },
    'replicas',
    'It has name, servers, source',
  ],
  [
    'app.deploy',
    { cluster: 'k', image: '{{ tasks.before.image }}', replica: 3 },
    'replica',
    'Did you mean "replicas"?',
  ],
  ['app.remove', { force: true }, 'force', 'What is there and differs'],
])('%s with %j is refused at the key', (type, params, key, hint) => {
  expect(read(type, params)).toEqual([
    [key, `${type} has no parameter "${key.replace('params.', '')}"`, expect.stringContaining(hint)],
  ]);
});

test.each<[string, object]>([
  ['server.create', { plan: 'large', rack: 7 }],
  ['server.delete', { name: 'x', force: true }],
  ['taskserv.create', { name: 'kubernetes', servers: ['s'], cluster: 'k', podSubnet: '10.0.0.0/8' }],
  ['taskserv.create', { name: 'kubernetes', servers: ['s'], params: { 'service-subnet': '10.0.0.0/8' } }],
  ['taskserv.create', { name: 'nginx', servers: ['s'], anything: 1 }],
  ['cluster.create', { servers: ['s'], taskservs: ['kubernetes'], control_plane_endpoint: 'x' }],
  ['app.deploy', { servers: ['s'], source: 'x', command: ['y'], keep: 3, secrets: ['A'], health: '/', port: 1 }],
  ['app.remove', { cluster: 'k' }],
  ['dns.make', { force: true, whatever: 1 }],
])('%s with %j is fine', (type, params) => {
  expect(read(type, params)).toEqual([]);
});

test('what an infra says of a server or a cluster is held to the same', () => {
  const infra = {
    servers: [{ name: 's', params: { force: true } }],
    taskservs: [{ name: 'kubernetes', servers: ['s'], params: { pod_subnets: 'x' } }],
    clusters: [{ name: 'k', servers: ['s'], taskservs: ['kubernetes'], params: { version: '1' } }],
  };
  const result = validateInfra(documentOf('dev', infra));
  expect(result.ok ? [] : result.error.map(({ message }) => message)).toEqual([
    'server.create has no parameter "force"',
    'taskserv.create has no parameter "pod_subnets"',
    'cluster.create has no parameter "version"',
  ]);
});
