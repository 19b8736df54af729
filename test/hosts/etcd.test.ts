import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { checksum, serverOf, untilListening } from '../rig/host-home.ts';
import { address6, Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';

const SHIPPED = join(import.meta.dirname, '../../templates/taskservs/etcd');
const PKI = '/etc/etcd/pki';
const ETCDCTL = `ETCDCTL_API=3 etcdctl --command-timeout 5s --endpoints https://127.0.0.1:2379 --cacert ${PKI}/ca.crt --cert ${PKI}/server.crt --key ${PKI}/server.key`;
const HOLDER = `perl -e 'use IO::Socket::INET; $s = IO::Socket::INET->new(LocalPort => shift, Listen => 9, ReuseAddr => 1) or die; sleep 600'`;

describe.skipIf(!hostsHere)('etcd on three of four hosts', () => {
  let hosts: Hosts;
  let home: Home;
  const addresses = new Map<string, string>();

  beforeAll(async () => {
    hosts = Hosts.up(4);
    home = makeHome();
    for (const host of hosts.hosts) {
      addresses.set(host.name, host.name === 'h4' ? address6(host) : host.address);
      on(host.name, 'true');
    }
    infra([], {});
    const created = await run(home, ['server', 'create', '--infra', 'dev', '--direct']);
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    await run(home, ['orchestrator', 'stop', '--now']);
    hosts.down();
    await closeHome(home);
  });

  const hostOf = (name: string) => hosts.host(Number(name.slice(1)));
  const on = (name: string, command: string): string =>
    hosts.ssh({ name, address: addresses.get(name) ?? '' }, command);
  const infra = (servers: readonly string[], params: Record<string, unknown>, name = 'etcd'): void => {
    const all = hosts.hosts.map((host) => serverOf(hosts, { ...host, address: addresses.get(host.name) ?? '' }));
    const taskservs = servers.length === 0 ? [] : [{ name, servers, params }];
    home.write('infra/dev.json', JSON.stringify({ servers: all, taskservs }));
  };
  const install = (servers: string, params: Record<string, unknown> = {}): Promise<Ran> => {
    infra(servers.split(' '), params);
    return run(home, ['taskserv', 'create', 'etcd', '--infra', 'dev', '--direct', '--json']);
  };
  const taskOf = (ran: Ran) => ran.json<RunDocument>().tasks[0];
  /** Which servers were changed; why not, where it failed. */
  const changed = (ran: Ran): readonly string[] | string => {
    const task = taskOf(ran);
    const servers = task?.result?.['servers'] as readonly { server: string; changes: unknown[] }[] | undefined;
    return (
      servers?.filter(({ changes }) => changes.length > 0).map(({ server }) => server) ?? task?.failure?.message ?? ''
    );
  };
  const healthy = (name: string) =>
    (on(name, `${ETCDCTL} endpoint health --cluster 2>&1 || true`).match(/is healthy/g) ?? []).length;
  const stored = () => ['h1', 'h2', 'h3'].map((name) => on(name, `${ETCDCTL} get kept --print-value-only`));
  const peers = () => on('h1', `${ETCDCTL} member list | awk -F ', ' '{ print $3, $4 }' | sort`).trim().split('\n');

  test('looking first changes nothing', async () => {
    infra(['h1', 'h2', 'h3'], {});
    const before = checksum(hosts, hosts.host(1));
    const checked = await run(home, ['taskserv', 'create', 'etcd', '--infra', 'dev', '--check']);
    expect(checked).toMatchObject({ code: 7, stdout: expect.stringMatching(/h1\n[^]*step authority[^]*h3\n/) });
    expect(checksum(hosts, hosts.host(1))).toBe(before);
  });

  test('who could not begin with the others begins with the next attempt', async () => {
    on('h3', 'mkdir -p /etc/default/etcd');
    expect(changed(await install('h1 h2 h3'))).toMatch(
      /^etcd failed on 1 of 3 servers: h3: file \/etc\/default\/etcd: /,
    );
    on('h3', 'rmdir /etc/default/etcd');
    expect(changed(await install('h1 h2 h3'))).toEqual(['h3']);
    expect(healthy('h1')).toBe(3);
    on('h1', `${ETCDCTL} put kept treasure`);
  });

  test('whoever has lost its data is turned away by the others, in the last lines of its log', async () => {
    cpSync(SHIPPED, join(home.workspace, 'taskservs/kv'), { recursive: true });
    const manifest = readFileSync(join(SHIPPED, 'manifest.toml'), 'utf8');
    home.write(
      'taskservs/kv/manifest.toml',
      manifest.replace('name = "etcd"', 'name = "kv"').replace('deadline = 60', 'deadline = 15'),
    );
    on('h2', 'service etcd stop; mv /var/lib/etcd/provisioning /root/data');
    infra(['h1', 'h2', 'h3'], {}, 'kv');
    const ran = await run(home, ['taskserv', 'create', 'kv', '--infra', 'dev', '--direct', '--json']);
    expect(changed(ran)).toMatch(/^kv failed on 1 of 3 servers: h2: health etcdctl endpoint health: /);
    expect(taskOf(ran)?.failure?.hint).toMatch(/last lines of its log on h2:\n[^]*has already been bootstrapped/);
    on('h2', 'rm -r /var/lib/etcd/provisioning; mv /root/data /var/lib/etcd/provisioning');
    expect(changed(await install('h1 h2 h3'))).toEqual(['h2']);
  });

  test('in whatever order the servers stand, they are the same cluster with the same authority', async () => {
    for (const order of ['h1 h2 h3', 'h3 h2 h1', 'h2 h3']) expect(changed(await install(order)), order).toEqual([]);
    expect(['h1', 'h2', 'h3'].map((name) => on(name, `ls ${PKI}/ca.key 2>/dev/null || true`)).join('')).toBe(
      `${PKI}/ca.key\n`,
    );
  });

  test('deleted and created again it is the same cluster, whose members all begin at once', async () => {
    infra(['h1', 'h2', 'h3'], {});
    const gone = await run(home, ['taskserv', 'delete', 'etcd', '--infra', 'dev', '--yes', '--direct']);
    expect(gone).toMatchObject({ code: 0 });
    expect(changed(await install('h2 h3 h1'))).toEqual(['h2', 'h3', 'h1']);
    expect([healthy('h1'), stored()]).toEqual([3, ['treasure\n', 'treasure\n', 'treasure\n']]);
  });

  test('members move to another port one after the other, and keep what they store', async () => {
    expect(changed(await install('h3 h1 h2', { peer_port: 2390 }))).toEqual(['h3', 'h1', 'h2']);
    expect(peers()).toEqual(['h1', 'h2', 'h3'].map((name) => `${name} https://${addresses.get(name)}:2390`));
    expect([healthy('h2'), stored()]).toEqual([3, ['treasure\n', 'treasure\n', 'treasure\n']]);
    expect(changed(await install('h1 h2 h3', { peer_port: 2390 }))).toEqual([]);
  });

  test('where one cannot move, those after it stay, and nobody is lost', async () => {
    on('h2', `setsid ${HOLDER} 2395 >/dev/null 2>&1 </dev/null & echo $! >/root/holder; ${untilListening(2395)}`);
    expect(changed(await install('h1 h2 h3', { peer_port: 2395 }))).toMatch(
      /^etcd failed on 1 of 3 servers: h2: .*port 2395 is held by another one: perl \(pid \d+\); not tried: h3$/,
    );
    expect(peers().map((peer) => peer.slice(-4))).toEqual(['2395', '2390', '2390']);
    expect([healthy('h3'), stored()]).toEqual([3, ['treasure\n', 'treasure\n', 'treasure\n']]);
    on('h2', 'kill $(cat /root/holder)');
    on('h3', 'service etcd stop');
    expect(changed(await install('h1 h2', { peer_port: 2395 }))).toMatch(
      /h2: .*the member at https:\S+:2390 cannot be reached/,
    );
    on('h3', 'service etcd start');
    expect(changed(await install('h1 h2 h3', { peer_port: 2390 }))).toEqual(['h1']);
    expect(healthy('h1')).toBe(3);
  });

  test('a member whose host has another address comes back, and the others are left alone', async () => {
    const [before = '', now] = [addresses.get('h3'), hosts.host(3).address.replace(/\d+$/, '33')];
    on('h3', `sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1; ip addr add ${now}/24 dev eth0`);
    addresses.set('h3', now);
    on('h3', `ip addr del ${before}/24 dev eth0`);
    infra(['h1', 'h2', 'h3'], {});
    const gone = { id: 'h3', type: 'server.delete', params: { force: true } };
    home.write('moved.json', JSON.stringify({ name: 'moved', infra: 'dev', operations: [gone] }));
    expect(await run(home, ['workflow', 'submit', 'moved.json', '--wait'])).toMatchObject({ code: 0 });
    expect(await run(home, ['server', 'create', 'h3', '--infra', 'dev', '--direct'])).toMatchObject({ code: 0 });
    expect(changed(await install('h1 h2 h3', { peer_port: 2390 }))).toEqual(['h3']);
    expect(peers()[2]).toBe(`h3 https://${addresses.get('h3')}:2390`);
    expect([healthy('h1'), stored()]).toEqual([3, ['treasure\n', 'treasure\n', 'treasure\n']]);
  });

  test('a server that does not belong to the cluster is refused before anything is touched', async () => {
    const before = checksum(hosts, hostOf('h4'));
    const ran = await install('h4 h1 h2 h3', { peer_port: 2390 });
    expect(changed(ran)).toBe('h1, h2, h3 form an etcd cluster already, without h4');
    expect(taskOf(ran)?.failure?.hint).toContain('/var/lib/etcd/provisioning');
    expect(checksum(hosts, hostOf('h4'))).toBe(before);
  });

  test('a certificate is renewed by the authority only, wherever that is', async () => {
    on('h2', `rm ${PKI}/server.crt`);
    const before = checksum(hosts, hostOf('h2'));
    expect(changed(await install('h2 h3', { peer_port: 2390 }))).toMatch(
      /^h2 without a certificate: none of these servers/,
    );
    expect(checksum(hosts, hostOf('h2'))).toBe(before);
    expect(changed(await install('h2 h3 h1', { peer_port: 2390 }))).toEqual(['h2']);
  });

  test('a cluster of IPv6 is left alone by the second run, and is not mixed with another one', async () => {
    expect(changed(await install('h4'))).toEqual(['h4']);
    expect(on('h4', `${ETCDCTL} member list`)).toContain(`https://[${addresses.get('h4')}]:2380`);
    expect(changed(await install('h4'))).toEqual([]);
    expect(changed(await install('h4 h1'))).toBe(
      'h4 and h1 each have an authority of their own: their certificates do not hold for each other',
    );
    expect(changed(await install('h4', { peer_port: 2381 }))).toEqual(['h4']);
    expect(on('h4', `${ETCDCTL} member list`)).toContain(`https://[${addresses.get('h4')}]:2381`);
  });
});
