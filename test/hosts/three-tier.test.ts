import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { checksum, killOrchestrator, watchProcesses } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { bash } from '../rig/pages.ts';
import { run } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';
import { hostOf, NAMES, writeExample } from '../rig/three-tier.ts';

/** A part of the password that no quoting takes apart, and no other test has. */
const CANARY = `s3cret${process.pid}tier`;
const SECRET = `it's "a" \\ ${CANARY} $(touch /canary) %41 :x`;
/** Is where a secret must not be: whoever looks for secrets has to see it. */
const CONTROL = `control${process.pid}tier`;

const README = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
const TOUR = /## A second tour.*?```sh\n(.*?)```/s.exec(README)?.[1] ?? '';

/** Programs that come before the real ones where the work on a host looks for them, and write down that they ran. */
const COUNTING = `for name in apt-get openssl flock; do
  printf '#!/bin/sh\\necho "begun %s $*" >>/root/calls\\n/usr/bin/%s "$@" && echo "done %s $*" >>/root/calls\\n' $name $name $name >/usr/local/sbin/$name
  chmod 755 /usr/local/sbin/$name
done`;

describe.skipIf(!hostsHere)('three tiers on six hosts', () => {
  let hosts: Hosts;
  let home: Home;
  let first: Ran;
  let seen: readonly string[];
  let control: readonly string[];
  /** What ran on each host, a line each. */
  let calls: Readonly<Record<string, readonly string[]>>;

  const at = (name: string) => hostOf(hosts, name);
  const provisioning = (...args: readonly string[]) => run(home, args, { env: { SHOP_DB_PASSWORD: SECRET } });

  beforeAll(async () => {
    hosts = Hosts.up(6);
    home = makeHome();
    writeExample(home, hosts);
    for (const host of hosts.hosts) hosts.ssh(host, COUNTING);
    const watches = [await watchProcesses(CANARY), await watchProcesses(CONTROL)] as const;
    const id = (await provisioning('workflow', 'submit', 'three-tier.ncl', '--quiet')).stdout.trim();
    // The base is on all, and the services are on their way.
    hosts.ssh(at('etcd-2'), 'until grep -qs "begun apt-get .* etcd-server" /root/calls; do sleep 0.05; done');
    await killOrchestrator(home);
    spawnSync('sh', ['-c', 'sleep 0.5; :', CONTROL]);
    hosts.ssh(at('lb-1'), `IN_ENVIRONMENT=${CONTROL} sleep 0.5`);
    await provisioning('orchestrator', 'start');
    await provisioning('workflow', 'monitor', id);
    [seen, control] = [await watches[0].stop(), await watches[1].stop()];
    first = await provisioning('workflow', 'status', id, '--json');
    calls = Object.fromEntries(
      NAMES.map((name) => [
        name,
        hosts.ssh(at(name), 'cat /root/calls; rm /root/calls /usr/local/sbin/*').trim().split('\n'),
      ]),
    );
  });
  afterAll(async () => {
    await run(home, ['orchestrator', 'stop', '--now']);
    hosts.down();
    await closeHome(home);
  });

  test('the first run installs everything, though its orchestrator was killed in the middle', () => {
    expect(first.stderr).not.toContain('error');
    expect(first.json<RunDocument>().tasks.map(({ id, status }) => `${id} ${status}`)).toEqual(
      [...NAMES, 'base', 'web', 'etcd', 'database', 'balancer'].map((id) => `${id} completed`),
    );
  });

  test('nothing was begun, installed or made twice because of that', () => {
    expect(first.json<RunDocument>().tasks.map(({ id, attempts }) => `${id} ${attempts}`)).toEqual(
      first.json<RunDocument>().tasks.map(({ id }) => `${id} 1`),
    );
    // One service, and one program for it, which takes the lock: the base finds nothing to do.
    for (const name of ['lb-1', 'web-1', 'web-2'])
      expect(calls[name]?.filter((call) => call.startsWith('begun flock -n'))).toHaveLength(1);
    const once = Object.values(calls).map((list) =>
      list.filter((call) =>
        /^done (apt-get (?!.*--download-only).* install |openssl ecparam|openssl req -x509)/.test(call),
      ),
    );
    expect(once.flat().length).toBeGreaterThan(10);
    for (const list of once) expect(list).toEqual([...new Set(list)]);
  });

  test('the balancer answers for both web servers', () => {
    const pages = Array.from({ length: 6 }, () => hosts.ssh(at('lb-1'), 'curl --silent --fail http://127.0.0.1/'));
    expect(new Set(pages.map((page) => /<title>(.*)<\/title>/.exec(page)?.[1]))).toEqual(new Set(['web-1', 'web-2']));
  });

  test('three of three members of etcd are healthy, and talk to nobody without a certificate', () => {
    const pki = '/etc/etcd/pki';
    const etcdctl = `ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key`;
    const health = hosts.ssh(at('etcd-2'), `${etcdctl} endpoint health --cluster 2>&1`);
    expect(health.match(/is healthy/g)).toHaveLength(3);
    const stranger = `ETCDCTL_API=3 etcdctl --command-timeout 2s --endpoints https://${at('etcd-1').address}:2379 --cacert ${pki}/ca.crt get x 2>&1 || true`;
    expect(hosts.ssh(at('etcd-2'), stranger)).toMatch(/bad certificate|certificate required|deadline exceeded/);
  });

  test('private keys are where they were made, and readable by nobody else', () => {
    const keys = NAMES.filter((name) => name.startsWith('etcd') || name === 'data-1').map((name) =>
      hosts.ssh(
        at(name),
        'sha256sum /etc/etcd/pki/server.key; stat -c %A%U:%G /etc/etcd/pki/server.key; ls /etc/etcd/pki',
      ),
    );
    expect(new Set(keys.map((text) => text.split(' ')[0])).size).toBe(3);
    for (const text of keys) expect(text).toContain('-rw-r-----root:etcd');
    expect(keys.filter((text) => /^ca\.key$/m.test(text))).toHaveLength(1);
  });

  test('the database lets in who has the password', () => {
    const login = (password: string) =>
      `PGPASSWORD='${password.replaceAll("'", `'\\''`)}' psql -h 127.0.0.1 -U shop -d shop -Atc "select current_user" 2>&1 || true`;
    expect(hosts.ssh(at('data-1'), login(SECRET))).toBe('shop\n');
    expect(hosts.ssh(at('data-1'), login('wrong'))).toContain('authentication failed');
  });

  test('the password is in no process list, here or there', () => {
    expect(control).toContainEqual(expect.stringMatching(/^arguments of sh -c sleep/));
    expect(control).toContainEqual(expect.stringMatching(/^environment of sleep/));
    expect(seen).toEqual([]);
  });

  test('the password is in no file of this machine or of a host', async () => {
    const events = await run(home, ['workflow', 'events', '@latest']);
    expect(events.stdout).toContain('database');
    expect(events.stdout).not.toContain(CANARY);
    expect(spawnSync('grep', ['-rlaF', CANARY, home.root], { encoding: 'utf8' }).stdout).toBe('');
    const search = `grep -rlaF --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev ${CANARY} / 2>/dev/null || true`;
    for (const name of ['data-1', 'lb-1']) expect(hosts.ssh(at(name), search)).toBe('');
    for (const name of NAMES) expect(hosts.ssh(at(name), 'ls /canary 2>/dev/null || true')).toBe('');
  });

  test('the second run, as the README prints it, changes nothing', async () => {
    const before = NAMES.map((name) => checksum(hosts, at(name)));
    const password = `'${SECRET.replaceAll("'", `'\\''`)}'`;
    const [copy = '', ...tour] = TOUR.replaceAll('npx ', '').replace('…', password).trim().split('\n');
    expect(await bash(home, copy)).toMatchObject({ code: 0 });
    writeExample(home, hosts, readFileSync(join(home.workspace, 'three-tier.ncl'), 'utf8'));
    expect(tour).toHaveLength(4);
    const { code, output } = await bash(home, tour.join('\n'));
    expect([code, output]).toEqual([0, expect.stringContaining('nothing differs')]);
    const second = await provisioning('workflow', 'status', '@latest', '--json');
    const { tasks } = second.json<RunDocument>();
    expect(tasks.map(({ id, result }) => [id, result?.['changed']])).toEqual(tasks.map(({ id }) => [id, false]));
    expect(NAMES.map((name) => checksum(hosts, at(name)))).toEqual(before);
  });

  test('whoever changed something by hand is found out, and nothing is mended by looking', async () => {
    const shown = (...flags: readonly string[]) =>
      provisioning('taskserv', 'show', 'nginx', 'haproxy', '--infra', 'three-tier', '--drift', ...flags);
    expect((await shown()).code).toBe(0);
    hosts.ssh(at('web-2'), 'echo "# mine" >>/etc/nginx/conf.d/provisioning.conf');
    hosts.ssh(at('lb-1'), 'service haproxy stop');
    const before = checksum(hosts, at('web-2'));
    const drift = await shown();
    expect(drift.code).toBe(7);
    expect(drift.stdout).toMatch(/web-2\n.*provisioning\.conf: content\n[^]*-# mine/);
    expect(drift.stdout).toMatch(/lb-1\n.*service haproxy: to start/);
    expect(drift.stdout).not.toMatch(/^ {2}web-1$/m);
    const data = await shown('--json');
    expect(data.code).toBe(7);
    const servers = data.json<RunDocument>().tasks.flatMap(({ result }) => result?.['servers'] as readonly object[]);
    const change = (kind: string, name: string, detail: string) =>
      expect.objectContaining({ kind, name, detail, status: 'differs' }) as unknown;
    const file = '/etc/nginx/conf.d/provisioning.conf';
    expect(servers).toEqual([
      { server: 'web-1', status: 'unchanged', changes: [] },
      {
        server: 'web-2',
        status: 'differs',
        changes: [change('file', file, 'content'), change('service', 'nginx', 'to reload')],
      },
      { server: 'lb-1', status: 'differs', changes: [change('service', 'haproxy', 'to start')] },
    ]);
    expect(checksum(hosts, at('web-2'))).toBe(before);
  });
});
