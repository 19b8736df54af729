import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

const INFRA = JSON.stringify({
  provider: 'local',
  servers: [{ name: 'n-1' }, { name: 'n-2' }],
  taskservs: [{ name: 'kubernetes' }],
  clusters: [{ name: 'k1', taskservs: ['kubernetes'] }],
});

test('a cluster with its servers, then an application on it, then all of it away again', async ({
  home,
  provisioning,
}) => {
  home.write('infra/wuji.json', INFRA);
  const cluster = await provisioning('cluster create --infra wuji --direct');
  expect([cluster.code, cluster.stderr]).toEqual([0, expect.anything()]);
  expect((await provisioning('server list --infra wuji --quiet')).stdout).toBe('n-1\nn-2\n');
  expect((await provisioning('cluster show k1 --json')).json()).toMatchObject([{ kind: 'cluster', name: 'k1' }]);
  const app = await provisioning('app deploy shop --infra wuji --image nginx:1.29 --replicas 2 --direct');
  expect([app.code, app.stderr]).toEqual([0, expect.anything()]);
  expect(app.stdout).toContain('rendered');
  expect((await provisioning('app list --json')).json()).toMatchObject([{ name: 'shop', status: 'rendered' }]);
  const other = await provisioning('app deploy shop --infra wuji --image nginx:1.29 --replicas 3 --direct');
  expect(other.code).toBe(6);
  const forced = await provisioning('app deploy shop --infra wuji --image nginx:1.29 --replicas 3 --force --direct');
  expect(forced.code).toBe(0);
  expect((await provisioning('app remove shop --infra wuji --direct --yes')).code).toBe(0);
  expect((await provisioning('cluster delete k1 --infra wuji --direct --yes')).code).toBe(0);
  expect((await provisioning('app list --quiet')).stdout + (await provisioning('cluster list --quiet')).stdout).toBe(
    '',
  );
});

test('only what --force replaces offers it, and what stands in the way is named with the command that takes it away', async ({
  provisioning,
}) => {
  expect((await provisioning('app deploy --help')).stdout).toContain('--force');
  for (const noun of ['server', 'taskserv', 'cluster']) {
    expect((await provisioning(`${noun} create --help`)).stdout).not.toContain('--force');
    const refused = await provisioning(`${noun} create x --force`);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`"${noun} create" has no flag --force`),
    ]);
  }
  await provisioning('server create s1 --plan 2xCPU-4GB --direct');
  const other = await provisioning('server create s1 --plan 4xCPU-8GB --direct');
  expect([other.code, other.stdout]).toEqual([6, expect.stringContaining('(provisioning server delete s1)')]);
  await provisioning('cluster create k1 --servers s1 --taskservs kubernetes --direct');
  const part = await provisioning('taskserv delete kubernetes --direct --yes');
  expect([part.code, part.stdout]).toEqual([6, expect.stringContaining('first: provisioning cluster delete k1.')]);
});

test('an app that its template does not allow fails with one line and one code', async ({ provisioning }) => {
  await provisioning('server create s1 --direct');
  await provisioning('cluster create k1 --servers s1 --taskservs kubernetes --direct');
  const refused = await provisioning('app deploy shop --cluster k1 --image /bad --replicas 0 --direct');
  expect(refused.code).toBe(2);
  const [error = '', ...others] = refused.stdout.split('\n').filter((line) => line.startsWith('error:'));
  expect([others, error]).toEqual([[], expect.stringContaining('error: shop: template apps/app.yaml: spec.')]);
  expect(error.match(/PRV-\d+/g)).toEqual(['PRV-0002']);
  expect(refused.stdout).not.toMatch(/\\n|provisioning explain/);
});

test('a service is installed on the servers that are named', async ({ provisioning }) => {
  await provisioning('server create n-1 n-2 --direct');
  const ran = await provisioning('taskserv create kubernetes --servers n-1,n-2 --direct');
  expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
  expect((await provisioning('taskserv list --json')).json()).toMatchObject([
    { name: 'kubernetes', definition: { servers: ['n-1', 'n-2'] } },
  ]);
  expect((await provisioning('taskserv show kubernetes')).stdout).toContain('kind: taskserv');
  expect((await provisioning('taskserv delete kubernetes --direct')).code).toBe(2);
});

test('an application without a cluster is told what is missing', async ({ provisioning }) => {
  const ran = await provisioning('app deploy shop --direct');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('--cluster');
});

test('the help of app deploy says what it takes where nothing is said', async ({ provisioning }) => {
  const help = (await provisioning('app deploy --help')).stdout;
  expect(help).toContain('container image (NAME:latest)');
  expect(help).toContain('how many copies (1)');
});
