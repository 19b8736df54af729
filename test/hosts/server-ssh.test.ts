import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { changedBy } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { hasTerminals, onTerminal } from '../rig/on-terminal.ts';
import { connectionsOf, processesOf } from '../rig/leaks.ts';
import { kill } from '../rig/processes.ts';

describe.skipIf(!hostsHere)('servers of provider ssh, on the command line', () => {
  let hosts: Hosts;
  beforeAll(() => {
    hosts = Hosts.up(2);
    for (const host of hosts.hosts) hosts.ssh(host, 'true');
  });
  afterAll(() => hosts.down());

  const create = (more = ''): string =>
    `server create web-1 --provider ssh --address ${hosts.host(1).address} --user root --identity ${hosts.key} ${more}`;
  const infra = (home: Home): void => {
    const servers = hosts.hosts.map(({ name, address }) => ({ name, address }));
    const shared = servers.map((server) => ({ ...server, user: 'root', params: { identity: hosts.key } }));
    mkdirSync(join(home.workspace, 'infra'), { recursive: true });
    writeFileSync(join(home.workspace, 'infra/real.json'), JSON.stringify({ provider: 'ssh', servers: shared }));
  };

  test('one is adopted, listed, found unchanged, and let go without a trace on it', async ({ home, provisioning }) => {
    const whole = await changedBy(hosts, hosts.host(1), () => adoptAndLetGo(home, provisioning));
    expect(whole.paths).toEqual([]);
  });

  const adoptAndLetGo = async (home: Home, provisioning: CliFixtures['provisioning']): Promise<void> => {
    const made = await provisioning(`${create()} --direct`);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('Server web-1 created')]);
    await expect.poll(() => connectionsOf(home)).toEqual([]);
    const [server] = (await provisioning('server list --json')).json<Record<string, unknown>[]>();
    expect(server).toMatchObject({ name: 'web-1', provider: 'ssh', facts: { os: 'debian', hostname: 'h1' } });
    expect((await provisioning(`${create()} --direct`)).stdout).toContain('exists already, unchanged');
    expect((await provisioning(`${create('--plan big')} --direct`)).code).toBe(6);
    expect((await provisioning('server delete web-1 --yes --direct')).code).toBe(0);
    expect((await provisioning('server list --json')).json()).toEqual([]);
  };

  test('a login that cannot become root is adopted, and what that means is said', async ({ provisioning }) => {
    hosts.ssh(hosts.host(1), 'useradd -m plain; cp -r /root/.ssh /home/plain; chown -R plain: /home/plain/.ssh');
    const made = await provisioning(`${create().replace('--user root', '--user plain')} --direct`);
    expect([made.code, made.stdout]).toEqual([
      0,
      expect.stringMatching(/created; but plain is not root there and may/),
    ]);
    const refused = await provisioning('taskserv create os --servers web-1 --direct');
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('may not sudo without a password')]);
  });

  test('all of an infra are adopted by the orchestrator, which closes the connections at the end of the run', async ({
    home,
    provisioning,
  }) => {
    infra(home);
    const made = await provisioning('server create --infra real --orchestrated --wait --json');
    expect(made.json()).toMatchObject({ status: 'completed', tasks: [{ id: 'h1' }, { id: 'h2' }] });
    await expect.poll(() => connectionsOf(home)).toEqual([]);
  });

  test('one that does not answer yet: progress says so, why, and until when it is tried', async ({
    home,
    provisioning,
    begin,
  }) => {
    const late = begin(`${create('--port 2222 --connect-timeout 60')} --direct`);
    await late.saw(/web-1 does not answer yet/);
    hosts.ssh(hosts.host(1), '/usr/sbin/sshd -p 2222 -o PidFile=/run/late.pid');
    expect((await late.ended).code).toBe(0);
    expect((await provisioning('workflow logs @latest')).stdout).toMatch(/does not answer yet.*\n.*web-1 answers$/m);
    hosts.ssh(hosts.host(1), 'kill $(cat /run/late.pid)');
    expect((await provisioning('server delete web-1 --yes --direct')).code).toBe(0);
    const silent = create('--port 2 --connect-timeout 3');
    const says =
      'web-1 does not answer yet; it is tried until \\d\\d:\\d\\d:\\d\\dZ \\(3 s\\): connect to host .* port 2: Connection refused';
    const plain = await provisioning(`${silent} --direct`);
    expect([plain.code, plain.stderr.match(new RegExp(`web-1 running: (?:10 % )?${says}`, 'g'))?.length]).toEqual([
      1, 1,
    ]);
    if (!hasTerminals) return;
    const waiting = [...silent.trim().split(' '), '--orchestrated', '--wait'];
    const terminal = await onTerminal(home, waiting, { columns: 180 });
    await terminal.sees(new RegExp(says));
    expect(await terminal.exited).toBe(1);
  });

  test.for([
    ['--provider', 'ssh', '--port', '22'],
    ['--provider', 'ssh', '--address', '-oProxyCommand=touch${IFS}canary'],
    ['--provider', 'ssh', '--address', 'a', '--jump', '$(id)'],
  ])('flags that cannot be meant are exit code 2: %j', async (flags, { provisioning }) => {
    const ran = await provisioning(`server create web-1 ${flags.join(' ')} --direct`);
    expect(ran.code).toBe(2);
  });

  test('--drift only reads: 0 while all is as it was, 7 with what differs', async ({ provisioning }) => {
    await provisioning(`${create()} --direct`);
    const same = await provisioning('server show web-1 --drift');
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('web-1: nothing differs')]);
    hosts.ssh(hosts.host(1), 'sed -i \'s/^VERSION_ID=.*/VERSION_ID="13"/\' /etc/os-release');
    const drifted = await provisioning('server show web-1 --drift');
    const data = await provisioning('server show web-1 --drift --json');
    hosts.ssh(hosts.host(1), 'sed -i \'s/^VERSION_ID=.*/VERSION_ID="12"/\' /etc/os-release');
    expect([drifted.code, data.code]).toEqual([7, 7]);
    expect(drifted.stdout).toContain('fact os_version: "12" → "13"');
    const changes = [{ kind: 'fact', name: 'os_version', detail: '"12" → "13"' }];
    expect(data.json()).toMatchObject({
      tasks: [{ result: { differs: true, servers: [{ server: 'web-1', changes }] } }],
    });
    expect((await provisioning('server show web-1 --json')).json()).toMatchObject([{ facts: { os_version: '12' } }]);
    expect((await provisioning('server show web-1 --drift')).code).toBe(0);
  });

  test('after a kill -9 of everything that used it, a connection ends by itself', async ({
    home,
    provisioning,
    begin,
  }) => {
    await provisioning(`${create()} --direct`);
    const module = `use providers/provider.nu host-exec
      export def wait-host [request: record] { host-exec $request web-1 ["true"]; print "PROGRESS: 50 connected"; loop { ^sleep 1 } }`;
    mkdirSync(join(home.workspace, 'nulib/hosts'), { recursive: true });
    writeFileSync(join(home.workspace, 'nulib/hosts/wait.nu'), module);
    const workflow = { name: 'w', operations: [{ id: 'a', type: 'host.wait', params: {} }] };
    writeFileSync(join(home.workspace, 'w.json'), JSON.stringify(workflow));
    const running = begin('workflow run w.json');
    // Not before it is a connection: until then its process is a child like any other, and goes with its parent.
    await running.saw(/connected/);
    for (const { pid } of processesOf(home)) kill(pid);
    await running.ended;
    expect(connectionsOf(home)).toHaveLength(1);
    while (connectionsOf(home).length > 0) await pause(100);
  });
});
