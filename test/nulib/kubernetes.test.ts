import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterBench } from '../rig/clusters.ts';

let bench: ClusterBench;
beforeEach(async () => {
  bench = await ClusterBench.make();
});
afterEach(() => bench.remove());

const FIVE = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'];

describe('taskserv.create kubernetes', () => {
  test('renders a control plane and workers, and claims no more than that', async () => {
    await bench.createServers(...FIVE);
    const outcome = await bench.kubernetes(FIVE);
    expect(outcome.result?.message).toBe('kubernetes rendered for 5 servers (not started)');
    const address = bench.server('web-1').facts.address;
    expect(await bench.kubeadm('web-1')).toMatchObject([
      {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'InitConfiguration',
        nodeRegistration: { name: 'web-1' },
        localAPIEndpoint: { advertiseAddress: address, bindPort: 6443 },
      },
      {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'ClusterConfiguration',
        clusterName: 'k8s',
        kubernetesVersion: expect.stringMatching(/^v1\.34\.\d+$/) as string,
        controlPlaneEndpoint: `${address}:6443`,
        networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12' },
      },
    ]);
    for (const name of FIVE.slice(1))
      expect(await bench.kubeadm(name)).toMatchObject([
        {
          kind: 'JoinConfiguration',
          nodeRegistration: { name },
          discovery: { file: { kubeConfigPath: '/etc/kubernetes/discovery.conf' } },
        },
      ]);
    expect(outcome.output.match(/^PROGRESS: \d\/5 /gm)).toHaveLength(5);
    expect(outcome.result?.resources.map(({ kind, name, status }) => [kind, name, status])).toEqual([
      ['cluster', 'k8s', 'rendered'],
      ['taskserv', 'kubernetes', 'rendered'],
    ]);
    expect(JSON.stringify(outcome.result)).not.toMatch(/installed|running/);
  });

  test('takes its options in either spelling and puts them where kubeadm reads them', async () => {
    await bench.createServers('web-1');
    await bench.kubernetes(['web-1'], {
      cluster: 'prod',
      kubernetesVersion: 'v1.33.5',
      pod_subnet: '10.8.0.0/16',
      params: { controlPlaneEndpoint: 'k8s.example.org:6443' },
    });
    expect((await bench.kubeadm('web-1'))[1]).toMatchObject({
      clusterName: 'prod',
      kubernetesVersion: 'v1.33.5',
      controlPlaneEndpoint: 'k8s.example.org:6443',
      networking: { podSubnet: '10.8.0.0/16' },
    });
    expect(bench.inventory['clusters']).toMatchObject({
      prod: { definition: { options: { pod_subnet: '10.8.0.0/16' } } },
    });
  });

  test.each([
    ['kubernetes_version', 'latest'],
    ['kubernetes_version', "v1.34.0'; touch X #"],
    ['pod_subnet', '10.0.0.0'],
    ['pod_subnet', '300.0.0.0/8'],
    ['service_subnet', 'x\nclusterName: evil'],
    ['control_plane_endpoint', '{{ cluster }}'],
    ['control_plane_endpoint', 'host:99999'],
  ])('%s = %j is refused by the schema before any host is touched', async (key, value) => {
    await bench.createServers('web-1');
    const outcome = await bench.kubernetes(['web-1'], { [key]: value });
    expect(outcome.exit).toBe(1);
    expect(outcome.failure?.['message']).toMatch(/kubernetesVersion|Subnet|controlPlaneEndpoint/);
    await expect(bench.kubeadm('web-1')).rejects.toThrow('ENOENT');
    expect(bench.inventory['clusters']).toEqual({});
  });

  test('the same again is unchanged, and a host that lost its file gets it back', async () => {
    await bench.createServers('web-1', 'web-2');
    await bench.kubernetes(['web-1', 'web-2']);
    const again = await bench.kubernetes(['web-1', 'web-2'], {}, 'another-id');
    expect(again.result).toMatchObject({
      message: 'kubernetes is rendered for 2 servers already, unchanged',
      cluster: 'k8s',
    });
    await rm(join(bench.server('web-2').facts.root, 'etc/kubernetes/kubeadm.yaml'));
    expect((await bench.kubernetes(['web-1', 'web-2'])).result).toMatchObject({ changed: true });
    expect(await bench.kubeadm('web-2')).toHaveLength(1);
  });

  test('other options for the same cluster, or a server of another cluster, are conflicts', async () => {
    await bench.createServers('web-1', 'web-2', 'web-3');
    await bench.kubernetes(['web-1', 'web-2']);
    const options = await bench.kubernetes(['web-1', 'web-2'], { pod_subnet: '10.9.0.0/16' });
    expect(options.failure).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('cluster k8s') as string,
    });
    const overlap = await bench.kubernetes(['web-2', 'web-3'], { cluster: 'second' });
    expect(overlap.failure).toMatchObject({ code: 'conflict', message: 'server web-2 belongs to cluster k8s' });
  });

  test('a second cluster on other servers joins the same taskserv record', async () => {
    await bench.createServers('web-1', 'web-2');
    await bench.kubernetes(['web-1'], { cluster: 'one' });
    await bench.kubernetes(['web-2'], { cluster: 'two' });
    expect(bench.inventory['taskservs']).toMatchObject({
      kubernetes: { definition: { servers: ['web-1', 'web-2'], clusters: ['one', 'two'] } },
    });
  });

  test('servers that the inventory does not have are named, all of them', async () => {
    await bench.createServers('web-1');
    const outcome = await bench.kubernetes(['web-1', 'web-8', 'web-9']);
    expect(outcome.failure).toMatchObject({
      code: 'not_found',
      message: 'infra wuji has no server web-8, web-9',
      help: 'It has web-1.',
    });
  });

  test('a taskserv that nobody wrote is refused with those that exist', async () => {
    await bench.createServers('web-1');
    const outcome = await bench.run({ type: 'taskserv.create', params: { name: 'postgres', servers: ['web-1'] } });
    expect(outcome.failure).toMatchObject({
      code: 'not_found',
      message: 'there is no taskserv "postgres"',
      help: 'provisioning template list names those that are shipped; one of your own stands in taskservs/ of the workspace.',
    });
  });

  test.each([
    [{ servers: [] }, 'kubernetes needs servers'],
    [{ servers: 'web-1' }, 'expected a list'],
    [{ servers: ['web-1', 'web-1'] }, 'named twice'],
    [{ servers: ['../x'] }, 'cannot be the name of a server'],
    [{ servers: ['web-1'], podSubnets: 'x' }, 'no parameter "pod_subnets"'],
    [{ servers: ['web-1'], cluster: '../x' }, 'cannot be the name of a cluster'],
  ])('%j is refused: %s', async (params, message) => {
    await bench.createServers('web-1');
    const outcome = await bench.run({ type: 'taskserv.create', params: { name: 'kubernetes', ...params } });
    expect(outcome).toMatchObject({ exit: 1, failure: { code: 'usage' } });
    expect(outcome.failure?.['message']).toContain(message);
  });

  test('a server whose name Kubernetes would refuse is named', async () => {
    await bench.createServers('Web_1');
    expect((await bench.kubernetes(['Web_1'])).failure?.['message']).toBe('server Web_1 cannot be a Kubernetes node');
  });

  test('servers of another provider are refused', async () => {
    bench.inventory['servers'] = { far: { provider: 'aws', definition: {}, facts: { address: '1.2.3.4' } } };
    expect((await bench.kubernetes(['far'])).failure?.['message']).toContain('provider "aws" is not available');
  });
});

describe('clusters', () => {
  test('cluster.create renders its taskservs and records both', async () => {
    await bench.createServers('web-1', 'web-2');
    const outcome = await bench.cluster('k1', { servers: ['web-1', 'web-2'], taskservs: ['kubernetes'] });
    expect(outcome.result?.message).toBe('Cluster k1: kubernetes rendered for 2 servers (not started)');
    expect((await bench.kubeadm('web-1'))[1]).toMatchObject({ clusterName: 'k1' });
    const again = await bench.cluster('k1', { servers: ['web-1', 'web-2'], taskservs: ['kubernetes'] });
    expect(again.result?.message).toBe('Cluster k1 exists already, unchanged');
  });

  test('an infra with the taskserv and a cluster on the same servers can be created in order, twice', async () => {
    await bench.createServers('web-1');
    for (let round = 1; round <= 2; round++) {
      expect(await bench.kubernetes(['web-1'], {}, 'kubernetes')).toMatchObject({ exit: 0 });
      expect(await bench.cluster('k1', { servers: ['web-1'], taskservs: ['kubernetes'] })).toMatchObject({
        exit: 0,
      });
      expect(Object.keys(bench.inventory['clusters'] ?? {})).toEqual(['k1']);
    }
  });

  test('unknown taskservs, none at all and unknown servers are refused', async () => {
    await bench.createServers('web-1');
    const unknown = await bench.cluster('k1', { servers: ['web-1'], taskservs: ['kubernetes', 'nginx'] });
    expect(unknown.failure?.['message']).toBe('a cluster has no taskserv "nginx"');
    expect(unknown.failure?.['help']).toContain('taskserv create');
    expect((await bench.cluster('k1', { servers: ['web-1'], taskservs: [] })).failure?.['message']).toContain(
      'no taskservs',
    );
    expect((await bench.cluster('k1', { servers: ['web-7'] })).failure?.['message']).toContain('web-7');
  });
});
