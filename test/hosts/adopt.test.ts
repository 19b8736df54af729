import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeConnections } from '../../src/adapters/system/connections.ts';
import { address6, Hosts, hostsHere } from '../rig/hosts.ts';
import type { Host } from '../rig/hosts.ts';
import { processesOf } from '../rig/leaks.ts';
import { Bench } from '../rig/nushell.ts';
import type { Outcome } from '../rig/nushell.ts';

describe.skipIf(!hostsHere)('adopting a host', () => {
  let hosts: Hosts;
  let bench: Bench;
  let [first, second]: Host[] = [];
  beforeAll(() => {
    hosts = Hosts.up(2);
    [first, second] = [hosts.host(1), hosts.host(2)];
    for (const host of hosts.hosts) hosts.ssh(host, 'true');
  });
  afterAll(() => hosts.down());
  beforeEach(async () => {
    bench = await Bench.make();
  });
  afterEach(() => bench.remove());

  const create = (params: Record<string, unknown> = {}, env: Record<string, string> = {}): Promise<Outcome> => {
    const own = { address: first?.address, user: 'root', identity: hosts.key, connect_timeout: 10, ...params };
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    return bench.run({ type: 'server.create', id: 'web-1', provider: 'ssh', params: given, env });
  };
  const run = async (body: string, env: Record<string, string> = {}): Promise<Outcome> => {
    const text = `use providers/provider.nu *\nexport def check-host [request: record] {\n${body}\n}\n`;
    return bench.run({ type: 'host.check', env }, bench.library(await bench.module('hosts/check.nu', text)));
  };
  /** How often somebody logged in on a host, as its sshd saw it. */
  const logins = async (host: Host | undefined): Promise<number> =>
    (await readFile(join(hosts.rootOf(host ?? hosts.host(1)), '../log'), 'utf8')).split('Accepted publickey').length;
  const masters = (): Promise<string[]> => readdir(bench.connections).catch(() => []);
  /** What is below the state folder: nothing must be recorded of a host that was not adopted. */
  const recorded = async (): Promise<string[]> =>
    (await readdir(bench.state, { recursive: true })).filter((path) => path.endsWith('server.json'));

  test('tells what it is', async () => {
    const { result } = await create();
    expect(result?.resources[0]).toMatchObject({ provider: 'ssh', status: 'created' });
    const facts = result?.resources[0]?.facts ?? {};
    expect(facts).toMatchObject({ hostname: 'h1', os: 'debian', user: 'root', become: 'none', init: 'none' });
    for (const key of ['cpu', 'memory_mib', 'root_mib']) expect(facts[key]).toBeGreaterThan(0);
    expect(facts['addresses']).toEqual([hosts.host(1).address, address6(hosts.host(1))]);
    expect(JSON.stringify(facts['host_keys'])).toMatch(/SHA256:/);
  });

  test('one connection carries all commands of a run, more at a time than sshd takes in one', async () => {
    const before = await logins(first);
    await create();
    const { result } = await run(
      '{ all: (1..24 | par-each {|n| (host-exec $request web-1 ["sh" "-c" "sleep 0.2; echo $0" ($n | into string)]).stdout | str trim | into int } | sort) }',
    );
    expect(result?.['all']).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect((await logins(first)) - before).toBe(1);
    expect(await masters()).toHaveLength(1);
    await closeConnections(bench.connections);
    await expect.poll(masters).toEqual([]);
  });

  test('a host that answers only after a while is waited for', async () => {
    hosts.kill(hosts.host(2));
    const creating = create({ address: second?.address, connect_timeout: 30 });
    await pause(3000);
    hosts.start(hosts.host(2));
    const outcome = await creating;
    expect(outcome).toMatchObject({ exit: 0, result: { message: 'Server web-1 created' } });
  });

  test('a host that does not answer is named with what to look at', async () => {
    const { failure } = await create({ port: 2, connect_timeout: 1 });
    expect(failure).toMatchObject({ code: 'unreachable' });
    expect(failure?.['message']).toMatch(/^web-1 \(root@10\.88\.\d+\.11:2\) cannot be reached: .*refused/);
    expect(await recorded()).toEqual([]);
    const nobody = await create({ address: 'no-such-host.invalid', connect_timeout: 1 });
    expect(nobody.failure?.['message']).toMatch(/no-such-host\.invalid/);
  });

  test('a key that the host does not know is refused, and the remedy named', async () => {
    const other = join(bench.root, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const { failure } = await create({ identity: other });
    expect(failure?.['message']).toMatch(/^web-1 \(root@10\.88\.\d+\.11\) does not let us in: .*Permission denied/);
    expect(failure?.['help']).toContain('authorized_keys');
    const missing = await create({ identity: join(bench.root, 'none') });
    expect(missing.exit).toBe(1);
    expect(await recorded()).toEqual([]);
  });

  test('a host key that has changed is refused with a remedy that works', async () => {
    await create({ address: second?.address });
    await closeConnections(bench.connections);
    const key = '/etc/ssh/ssh_host_ed25519_key';
    hosts.ssh(hosts.host(2), `rm ${key}*; ssh-keygen -q -t ed25519 -N "" -f ${key}`);
    hosts.reboot(hosts.host(2));
    hosts.ssh(hosts.host(2), 'true');
    const { failure } = await run('host-exec $request web-1 ["touch" "/root/canary"]');
    expect(failure).toMatchObject({ code: 'conflict' });
    expect(failure?.['message']).toMatch(/the host key of web-1 .* has changed: it is SHA256:/);
    expect(failure?.['help']).toContain(
      'adopt it again: provisioning server delete web-1 --infra wuji, then provisioning server create --infra wuji.',
    );
    expect(hosts.ssh(hosts.host(2), 'ls /root')).not.toContain('canary');
    expect((await bench.run({ type: 'server.delete', id: 'web-1' })).result).toMatchObject({ changed: true });
    expect((await create({ address: second?.address })).exit).toBe(0);
  });

  test('the fingerprint that the definition demands must be the one that the host shows', async () => {
    const wrong = await create({ host_key: `SHA256:${'A'.repeat(43)}` });
    expect(wrong.failure).toMatchObject({ code: 'conflict' });
    expect(wrong.failure?.['message']).toContain('shows the host key SHA256:');
    expect(await recorded()).toEqual([]);
    // ssh answers that it will exit, and then does.
    await expect.poll(masters).toEqual([]);
    const shown = hosts.ssh(hosts.host(1), 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub').split(' ')[1];
    expect((await create({ host_key: shown })).exit).toBe(0);
  });

  test('a jump leads to it', async () => {
    expect((await create({ address: second?.address, jump: `root@${first?.address}:22` })).exit).toBe(0);
    const { result } = await run('{ from: (host-run $request web-1 ["sh" "-c" "echo $SSH_CONNECTION"]) }');
    expect(result?.['from']).toMatch(new RegExp(`^${first?.address} `));
  });

  test('a jump that shows another key is not taken for the host behind it', async () => {
    await create({ address: second?.address, jump: `root@${first?.address}` });
    await closeConnections(bench.connections);
    const known = (await readdir(bench.state, { recursive: true })).find((path) => path.endsWith('.jump')) ?? '';
    const other = hosts.ssh(hosts.host(2), 'cat /etc/ssh/ssh_host_ed25519_key.pub');
    await writeFile(join(bench.state, known), `${first?.address} ${other}`);
    const { failure } = await run('{ from: (host-run $request web-1 ["true"]) }');
    expect(failure).toMatchObject({
      code: 'conflict',
      message: `the host key of ${first?.address}, the jump to web-1, has changed`,
    });
  });

  test('a jump that lets nobody in, or does not answer, is named, and not the host behind it', async () => {
    const through = (jump: string, more: object = {}) =>
      create({ address: second?.address, jump, connect_timeout: 1, ...more });
    const [at = '', behind = ''] = [first?.address, second?.address];
    const denied = (await through(`nobody@${at}`)).failure;
    expect(denied?.['message']).toMatch(
      new RegExp(`^nobody@${at}, the jump to web-1, does not let us in: nobody@${at}: Permission denied`),
    );
    expect(denied?.['help']).toContain('authorized_keys there, or name another user of it');

    const { failure: silent, output } = await through(`root@${at}:2`);
    expect(silent).toMatchObject({ code: 'unreachable', help: expect.stringContaining('jump: user@host:port') });
    expect(silent?.['message']).toMatch(
      new RegExp(`^root@${at}:2, the jump to web-1, cannot be reached: .*port 2: Connection refused`),
    );
    expect(output).toMatch(new RegExp(`^PROGRESS: - root@${at}:2, the jump to web-1, does not answer yet; `, 'm'));

    const { failure: away, output: tried } = await through(`root@${at}`, { port: 2 });
    expect(tried).toMatch(/^PROGRESS: - web-1 does not answer yet; .*: connect failed: Connection refused$/m);
    expect(away).toMatchObject({ code: 'unreachable' });
    expect(away?.['message']).toBe(
      `web-1 (root@${behind}:2) cannot be reached from root@${at}, its jump: connect failed: Connection refused`,
    );

    const keys = '~admin/.ssh/authorized_keys';
    hosts.ssh(hosts.host(1), `cp -p ${keys} /root/keys; sed -i 's/^/no-port-forwarding /' ${keys}`);
    const forbidden = (await through(`admin@${at}`)).failure;
    hosts.ssh(hosts.host(1), `cp -p /root/keys ${keys}`);
    expect(forbidden?.['message']).toMatch(
      new RegExp(`^admin@${at}, the jump to web-1, does not lead on: .*prohibited`),
    );

    const other = join(bench.root, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const half = (await readFile(`${other}.pub`, 'utf8')).trim();
    hosts.ssh(hosts.host(1), `echo '${half}' >>${keys}`);
    const inside = (await through(`admin@${at}`, { identity: other })).failure;
    hosts.ssh(hosts.host(1), `cp -p /root/keys ${keys}`);
    expect(inside?.['message']).toMatch(new RegExp(`^web-1 .root@${behind}. does not let us in: root@${behind}: Perm`));
    expect(await recorded()).toEqual([]);
  });

  test('a key file that is not there is what is wrong, not the host', async () => {
    const { failure } = await create({ identity: '/nonexistent/key' });
    expect(failure).toMatchObject({
      code: 'usage',
      message: 'the key file "/nonexistent/key" of web-1 does not exist',
    });
  });

  test('a configuration file of OpenSSH says how to reach it', async () => {
    await writeFile(join(bench.workspace, 'ssh.conf'), `Host shop\n  HostName ${first?.address}\n  User root\n`);
    const outcome = await create({ address: 'shop', user: undefined, ssh_config: 'ssh.conf' });
    expect(outcome.result?.resources[0]?.facts).toMatchObject({ hostname: 'h1', user: 'root' });
  });

  test('an agent has the key, or a variable, or a program, and nobody else sees it', async () => {
    const [, agent = '', pid = ''] =
      /SSH_AUTH_SOCK=([^;]+);.*SSH_AGENT_PID=(\d+)/s.exec(execFileSync('ssh-agent', ['-s'], { encoding: 'utf8' })) ??
      [];
    try {
      spawnSync('ssh-add', ['-q', hosts.key], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
      expect((await create({ identity: undefined }, { SSH_AUTH_SOCK: agent })).exit).toBe(0);
    } finally {
      process.kill(Number(pid));
    }
    const key = await readFile(hosts.key, 'utf8');
    for (const [identity, env] of [
      ['env:DEPLOY_KEY', { DEPLOY_KEY: key }],
      [`command:${JSON.stringify(['cat', hosts.key])}`, {}],
    ] as const) {
      await bench.run({ type: 'server.delete', id: 'web-1' });
      const outcome = await create({ identity }, env);
      expect(outcome.output).not.toContain('Error');
      expect(outcome.exit).toBe(0);
      const { status, stdout } = spawnSync('grep', ['-rl', key.split('\n')[1] ?? 'x', bench.root], {
        encoding: 'utf8',
      });
      expect([status, stdout]).toEqual([1, '']);
    }
    const agents = () => processesOf(bench).filter(({ line }) => line.includes('ssh-agent'));
    await expect.poll(agents).toEqual([]);
    const without = await run('host-exec $request web-9 ["true"]');
    expect(without.exit).toBe(1);
  });

  test('a key in a variable that the task does not have is asked for by name', async () => {
    const { failure } = await create({ identity: 'env:DEPLOY_KEY' });
    expect(failure?.['help']).toBe('Give it to the operation: credentials = { DEPLOY_KEY = "env:DEPLOY_KEY" }.');
  });

  test('a machine without ssh is told what to install', async () => {
    const bin = join(bench.root, 'bin');
    await mkdir(bin);
    await symlink('/bin/sh', join(bin, 'sh'));
    const { failure } = await create({}, { PATH: bin });
    expect(failure?.['message']).toBe('there is no ssh on this machine');
  });

  test('a login shell that changes what it is given is found out', async () => {
    const shell = '#!/bin/sh\\nexec /bin/sh -c "$(printf %%s "$2" | tr -d \\~)"\\n';
    hosts.ssh(
      hosts.host(1),
      `printf '${shell}' >/usr/local/bin/oddsh; chmod 755 /usr/local/bin/oddsh; usermod -s /usr/local/bin/oddsh admin`,
    );
    const { failure } = await create({ user: 'admin' });
    hosts.ssh(hosts.host(1), 'usermod -s /bin/bash admin');
    expect(failure?.['message']).toBe('the login shell of admin on web-1 changes what it is given');
  });

  test('a login shell that runs nothing is what is wrong, not the way to the host', async () => {
    hosts.ssh(hosts.host(1), 'usermod -s /usr/sbin/nologin admin');
    const { failure } = await create({ user: 'admin' });
    hosts.ssh(hosts.host(1), 'usermod -s /bin/bash admin');
    expect(failure?.['message']).toMatch(
      /^web-1 .* lets us in, but its login shell does not run a command: .* code 1$/,
    );
    expect(failure?.['help']).toContain('chsh');
  });

  test('a connection that breaks while a command runs ends it as a failure that says so', async () => {
    await create({ address: second?.address });
    const running = run('host-exec $request web-1 ["sh" "-c" "touch /root/began; sleep 300"]');
    while (!hosts.ssh(hosts.host(2), 'ls /root').includes('began')) await pause(50);
    hosts.kill(hosts.host(2));
    const { failure } = await running;
    hosts.start(hosts.host(2));
    expect(failure).toMatchObject({ code: 'unreachable' });
    expect(failure?.['message']).toMatch(/the connection to web-1 .* broke while "sh" ran there/);
  });

  test('a full disk leaves the old file, and says so', async () => {
    hosts.ssh(hosts.host(1), 'mkdir -p /mnt/small; mount -t tmpfs -o size=64k tmpfs /mnt/small');
    await create();
    const put = (size: number): Promise<Outcome> =>
      run(`host-put $request web-1 /mnt/small/file (1..${size} | each { "x" } | str join); {}`);
    expect((await put(100)).exit).toBe(0);
    expect((await put(100_000)).failure?.['message']).toMatch(/could not be written on web-1: .*No space left/);
    expect(hosts.ssh(hosts.host(1), 'ls -A /mnt/small; wc -c </mnt/small/file')).toBe('file\n100\n');
  });
});
