import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { serverOf } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome, processesOf } from '../rig/leaks.ts';
import { kill } from '../rig/processes.ts';
import { run } from '../rig/program.ts';

describe.skipIf(!hostsHere)('an app whose first deployment is killed on its second host', () => {
  let hosts: Hosts;
  let home: Home;
  beforeAll(async () => {
    hosts = Hosts.up(2);
    home = makeHome();
    home.write('infra/dev.json', JSON.stringify({ servers: hosts.hosts.map((host) => serverOf(hosts, host)) }));
    const params = { servers: ['h1', 'h2'], source: 'dist', command: ['sh', 'serve.sh'], health_timeout: 30 };
    const operations = [{ id: 'shop', type: 'app.deploy', params }];
    home.write('shop.json', JSON.stringify({ name: 'shop', infra: 'dev', operations }));
    // Without a port it has come up when it has lived for two seconds: time for who kills its deployment.
    home.write('dist/serve.sh', '[ ! -e /etc/broken-host ] || exit 1\nexec sleep 4713\n');
    expect(await provisioning('server', 'create', '--infra', 'dev', '--direct')).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await provisioning('orchestrator', 'stop', '--now');
    hosts.down();
    await closeHome(home);
  });

  const provisioning = (...args: readonly string[]) => run(home, args);
  const apps = async (): Promise<readonly Record<string, unknown>[]> =>
    (await provisioning('app', 'list', '--infra', 'dev', '--json')).json();
  const there = () => hosts.hosts.map((host) => hosts.ssh(host, 'ls /opt/provisioning/apps 2>/dev/null || true'));
  const second = () => hosts.host(2);

  /** The orchestrator and the attempt are dead, in the midst of the second host. */
  const killedThere = async (): Promise<string> => {
    const id = (await provisioning('workflow', 'submit', 'shop.json', '--quiet')).stdout.trim();
    const begun = join(hosts.rootOf(second()), 'opt/provisioning/apps/shop/current');
    await vi.waitUntil(() => existsSync(begun), { timeout: 60_000, interval: 20 });
    for (const { pid } of processesOf(home)) kill(pid);
    return id;
  };
  const failed = async (id: string): Promise<string> => {
    await provisioning('orchestrator', 'start');
    expect((await provisioning('workflow', 'monitor', id)).code).toBe(1);
    const ran = await provisioning('workflow', 'status', id, '--json');
    return ran.json<RunDocument>().tasks[0]?.failure?.message ?? '';
  };

  test('and fails in the next attempt is on none of its hosts, and on no record', async () => {
    hosts.ssh(second(), 'touch /etc/broken-host');
    const id = await killedThere();
    expect(await failed(id)).toMatch(/^app shop failed on 1 of 2 servers: h2: it .*; nothing runs, as before$/);
    expect(there()).toEqual(['', '']);
    expect(await apps()).toEqual([]);
    hosts.ssh(second(), 'rm /etc/broken-host');
  });

  test('and whose host is gone in the next attempt may be there: the record and the text say so', async () => {
    const id = await killedThere();
    hosts.partition(second(), true);
    expect(await failed(id)).toMatch(/h2: .* cannot be reached: .*; it may be on h2 all the same$/);
    hosts.partition(second(), false);
    expect(there()).toEqual(['', 'shop\n']);
    expect(await apps()).toMatchObject([{ status: 'partial', facts: { servers: ['h2'], versions: { h2: null } } }]);
    expect((await provisioning('workflow', 'retry', id, '--wait')).code).toBe(0);
    expect(await apps()).toMatchObject([{ status: 'running', definition: { servers: ['h1', 'h2'] } }]);
  });
});
