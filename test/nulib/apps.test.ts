import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterBench } from '../rig/clusters.ts';
import type { Outcome } from '../rig/nushell.ts';

let bench: ClusterBench;
beforeEach(async () => {
  bench = await ClusterBench.make();
});
afterEach(() => bench.remove());

describe('apps', () => {
  const deploy = (params: Record<string, unknown>, id = 'shop'): Promise<Outcome> =>
    bench.run({ type: 'app.deploy', id, params });
  beforeEach(async () => {
    await bench.createServers('web-1', 'web-2');
    await bench.kubernetes(['web-1', 'web-2']);
  });
  const manifests = (): Promise<unknown[]> => bench.manifests('web-1', 'shop');

  test('app.deploy renders a deployment and a service onto the control plane', async () => {
    const outcome = await deploy({ cluster: 'k8s', replicas: 3 });
    expect(outcome.result?.message).toBe('App shop rendered for cluster k8s (not started)');
    expect(outcome.result?.resources).toMatchObject([{ action: 'put', kind: 'app', name: 'shop', status: 'rendered' }]);
    expect(await manifests()).toMatchObject([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'shop' },
        spec: { replicas: 3, template: { spec: { containers: [{ image: 'shop:latest' }] } } },
      },
      { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }] } },
    ]);
  });

  test('environment values stay data, whatever they contain', async () => {
    const canary = join(bench.root, 'canary');
    const env = {
      QUOTES: `it's "quoted" \\ back`,
      LINES: 'a\nkind: Evil\n---\n- b\r\n\ttab',
      SHELL: `'; touch ${canary} # $(touch ${canary}) \`touch ${canary}\``,
      TEMPLATE: '{{ x }} {% raw %} {# c #}',
      ODD: '\u0000\u0007\u0085\u2028\u2029\ufeff\u007f😀',
      YAML: '!!python/object &a *a : # no',
      LONG: 'x'.repeat(10_000),
      EMPTY: '',
    };
    const outcome = await deploy({ cluster: 'k8s', env: { ...env, NUMBER: 3, TRUE: true } });
    expect(outcome).toMatchObject({ exit: 0, failure: undefined });
    const [deployment] = (await manifests()) as [{ spec: { template: { spec: { containers: [{ env: unknown }] } } } }];
    expect(deployment.spec.template.spec.containers[0].env).toEqual(
      Object.entries({ ...env, NUMBER: '3', TRUE: 'true' }).map(([name, value]) => ({ name, value })),
    );
    expect(await readdir(bench.root)).not.toContain('canary');
  });

  test.each([
    [{ replicas: '3' }, 'replicas'],
    [{ replicas: -1 }, 'replicas'],
    [{ port: 70_000 }, 'port'],
    [{ image: 'no image\nkind: Evil' }, 'image'],
    [{ env: { '1 BAD': 'x' } }, 'env'],
    [{ replica: 3 }, 'Did you mean "replicas"?'],
  ])('%j is refused, and nothing is written', async (params, about) => {
    const outcome = await deploy({ cluster: 'k8s', ...params });
    expect(outcome.exit).toBe(1);
    expect(JSON.stringify(outcome.failure)).toContain(about.replaceAll('"', '\\"'));
    await expect(manifests()).rejects.toThrow('ENOENT');
  });

  test.each(['Shop', 'a_b', '../x', '1a', "x'; ls #", 'x'.repeat(64)])('the app name %j is refused', async (name) => {
    expect(await deploy({ cluster: 'k8s', name })).toMatchObject({ exit: 1, failure: { code: 'usage' } });
  });

  test('an unknown cluster is refused with those that exist', async () => {
    expect((await deploy({ cluster: 'k9' })).failure).toMatchObject({
      code: 'not_found',
      message: 'infra wuji has no cluster "k9"',
      help: 'It has k8s.',
    });
  });

  test('the same again is unchanged, another definition is a conflict unless forced', async () => {
    await deploy({ cluster: 'k8s', replicas: 2 });
    expect((await deploy({ cluster: 'k8s', replicas: 2 })).result?.message).toContain('already, unchanged');
    expect((await deploy({ cluster: 'k8s', replicas: 5 })).failure).toMatchObject({
      code: 'conflict',
      help: 'To replace it: --force; in a workflow, params.force = true.',
    });
    expect((await deploy({ cluster: 'k8s', replicas: 5, force: true })).exit).toBe(0);
    expect((await manifests())[0]).toMatchObject({ spec: { replicas: 5 } });
  });

  test('what the template does not allow is one line that names where, without the frame of another error', async () => {
    const { failure } = await deploy({ cluster: 'k8s', image: 'bad image', env: { '1 BAD': 'x' } });
    expect(failure?.['message']).toMatch(
      /^template apps\/app\.yaml: spec\.template\.spec\.containers\[0\]\.image: must match [^\n]+; spec\.[^\n]*env[^\n]+$/,
    );
    expect(failure?.['message']).not.toMatch(/error:|PRV-|→/);
  });

  test('app.remove removes the manifests, and says so when there is nothing to remove', async () => {
    await deploy({ cluster: 'k8s' });
    expect((await bench.run({ type: 'app.remove', id: 'shop' })).result?.message).toBe('App shop removed');
    await expect(manifests()).rejects.toThrow('ENOENT');
    expect((await bench.run({ type: 'app.remove', id: 'shop' })).result?.message).toBe('App shop is absent already');
  });

  test('things are deleted from the top: server, taskserv and cluster are refused while something stands on them', async () => {
    await deploy({ cluster: 'k8s' });
    const taskserv = { type: 'taskserv.delete', params: { name: 'kubernetes' } };
    expect((await bench.run({ type: 'server.delete', id: 'web-2' })).failure).toMatchObject({
      code: 'conflict',
      message: 'server web-2 is in use by taskserv kubernetes, cluster k8s',
    });
    const help = expect.stringMatching(
      /^Remove these first: provisioning app remove shop --infra wuji\. .*cluster\.delete and params\.force = true\.$/,
    ) as string;
    expect((await bench.run(taskserv)).failure).toMatchObject({ message: 'cluster k8s is in use by app shop', help });
    expect((await bench.run({ type: 'cluster.delete', id: 'k8s' })).failure).toMatchObject({ code: 'conflict', help });
    for (const asked of [{ type: 'app.remove', id: 'shop' }, taskserv, { type: 'server.delete', id: 'web-2' }])
      expect(await bench.run(asked)).toMatchObject({ exit: 0, result: { changed: true } });
    expect(bench.inventory).toMatchObject({ taskservs: {}, clusters: {}, apps: {} });
    expect((await bench.run(taskserv)).result?.message).toBe('Taskserv kubernetes is absent already');
    await expect(bench.kubeadm('web-1')).rejects.toThrow('ENOENT');
  });

  test('forcing cluster.delete takes its apps along', async () => {
    await deploy({ cluster: 'k8s' });
    const outcome = await bench.run({ type: 'cluster.delete', id: 'k8s', params: { force: true } });
    expect(outcome.result?.resources.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
      'remove app shop',
      'remove cluster k8s',
      'remove taskserv kubernetes',
    ]);
    await expect(manifests()).rejects.toThrow('ENOENT');
    expect((await bench.run({ type: 'cluster.delete', id: 'k8s' })).result?.message).toBe(
      'Cluster k8s is absent already',
    );
  });

  test('taskserv.delete of a cluster that cluster.create made is refused', async () => {
    await bench.run({ type: 'taskserv.delete', params: { name: 'kubernetes' } });
    await bench.cluster('k1', { servers: ['web-1', 'web-2'] });
    const outcome = await bench.run({ type: 'taskserv.delete', params: { name: 'kubernetes' } });
    expect(outcome.failure).toMatchObject({ code: 'conflict', message: 'taskserv kubernetes is part of cluster k1' });
  });

  test('a cluster can be deleted after one of its servers was forced away', async () => {
    await bench.run({ type: 'server.delete', id: 'web-1', params: { force: true } });
    expect((await bench.run({ type: 'cluster.delete', id: 'k8s' })).exit).toBe(0);
  });
});

test('a folder with a file that cannot be read is not deployed without it', async () => {
  const known = { name: 'web-1', provider: 'ssh', status: 'running', definition: { name: 'web-1' }, facts: {} };
  bench.inventory['servers'] = { 'web-1': known };
  const [bin, dist] = [join(bench.root, 'bin'), join(bench.workspace, 'dist')];
  await Promise.all([mkdir(bin), mkdir(dist)]);
  await writeFile(join(dist, 'key'), 'secret', { mode: 0 });
  // Root may read everything, and so do tests that run as root.
  const path = process.env['PATH'] ?? '';
  const unprivileged = `[ "$(id -u)" != 0 ] || exec setpriv --reuid 65534 --clear-groups tar "$@"; exec tar "$@"`;
  await writeFile(join(bin, 'tar'), `#!/bin/sh\nPATH='${path}'\n${unprivileged}\n`, { mode: 0o755 });
  await chmod(bench.root, 0o755);
  const outcome = await bench.run({
    type: 'app.deploy',
    id: 'shop',
    params: { servers: ['web-1'], source: 'dist', command: ['./serve'] },
    env: { PATH: `${bin}:${path}` },
  });
  expect(outcome.failure?.['message']).toMatch(/^"dist" could not be packed: tar: \.\/key: Cannot open/);
});
