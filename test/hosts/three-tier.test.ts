import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { checksum, watchProcesses } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';
import { hostOf, NAMES, writeExample } from '../rig/three-tier.ts';

/** A part of the password that no quoting takes apart, and no other test has. */
const CANARY = `s3cret${process.pid}tier`;
const SECRET = `it's "a" \\ ${CANARY} $(touch /canary) %41 :x`;

describe.skipIf(!hostsHere)('three tiers on six hosts', () => {
  let hosts: Hosts;
  let home: Home;
  let first: Ran;
  let seen: readonly string[];

  const at = (name: string) => hostOf(hosts, name);
  const submit = () =>
    run(home, ['workflow', 'submit', 'three-tier.ncl', '--wait', '--json'], { env: { SHOP_DB_PASSWORD: SECRET } });

  beforeAll(async () => {
    hosts = Hosts.up(6);
    home = makeHome();
    writeExample(home, hosts);
    const watch = watchProcesses(CANARY);
    first = await submit();
    seen = watch.stop();
  });
  afterAll(async () => {
    await run(home, ['orchestrator', 'stop', '--now']);
    hosts.down();
    await closeHome(home);
  });

  test('the first run installs everything', () => {
    expect(first.stderr).not.toContain('error');
    expect(first.json<RunDocument>().tasks.map(({ id, status }) => `${id} ${status}`)).toEqual(
      [...NAMES, 'base', 'web', 'etcd', 'database', 'balancer'].map((id) => `${id} completed`),
    );
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

  test('the second run changes nothing', async () => {
    const before = NAMES.map((name) => checksum(hosts, at(name)));
    const second = await submit();
    expect(second.code).toBe(0);
    const { tasks } = second.json<RunDocument>();
    expect(tasks.map(({ id, result }) => [id, result?.['changed']])).toEqual(tasks.map(({ id }) => [id, false]));
    expect(NAMES.map((name) => checksum(hosts, at(name)))).toEqual(before);
  });

  test('whoever changed something by hand is found out, and nothing is mended by looking', async () => {
    const shown = () => run(home, ['taskserv', 'show', 'nginx', 'haproxy', '--infra', 'three-tier', '--drift']);
    expect((await shown()).code).toBe(0);
    hosts.ssh(at('web-2'), 'echo "# mine" >>/etc/nginx/conf.d/provisioning.conf');
    hosts.ssh(at('lb-1'), 'service haproxy stop');
    const before = checksum(hosts, at('web-2'));
    const drift = await shown();
    expect(drift.code).toBe(7);
    expect(drift.stdout).toMatch(/web-2\n.*provisioning\.conf: content\n[^]*-# mine/);
    expect(drift.stdout).toMatch(/lb-1\n.*service haproxy: to start/);
    expect(drift.stdout).not.toMatch(/^ {2}web-1$/m);
    expect(checksum(hosts, at('web-2'))).toBe(before);
  });
});
