import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Hosts, hostsHere } from '../rig/hosts.ts';

const machineHas = (prefix: string): boolean =>
  ['ip -o link', 'ip netns', 'cat /proc/mounts', 'ls /sys/fs/cgroup/systemd'].some((command) =>
    spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout.includes(prefix),
  );

describe.skipIf(!hostsHere)('a test host', () => {
  let hosts: Hosts;
  beforeAll(() => {
    hosts = Hosts.up(2);
  });
  afterAll(() => {
    hosts.down();
  });

  test('has a name, processes and a root of its own', () => {
    hosts.ssh(hosts.host(1), 'echo only here >/root/mine');
    expect(hosts.ssh(hosts.host(1), 'hostname; cat /root/mine')).toBe('h1\nonly here\n');
    expect(hosts.ssh(hosts.host(2), 'hostname; ls /root')).toBe('h2\n');
    expect(hosts.ssh(hosts.host(1), 'ps -e -o comm= | sort -u').split('\n').slice(0, 3)).toContain('ps');
    expect(hosts.ssh(hosts.host(1), 'cat /proc/1/comm')).toBe('sshd\n');
    expect(readFileSync(join(hosts.rootOf(hosts.host(1)), 'root/mine'), 'utf8')).toBe('only here\n');
  });

  test('sees the others of its run by name', () => {
    expect(hosts.ssh(hosts.host(1), 'timeout 60 bash -c "head -c 7 </dev/tcp/h2/22"')).toBe('SSH-2.0');
  });

  test('installs packages, and reaches nothing but this machine', () => {
    const command =
      'apt-get update -qq && apt-get install -y -qq --no-install-recommends tree >/dev/null 2>&1; tree --version';
    expect(hosts.ssh(hosts.host(1), command)).toContain('tree v');
    expect(hosts.ssh(hosts.host(1), 'cat /etc/resolv.conf')).toBe('');
  });

  test('dies at once with all that ran in it, keeps its disk, and comes back', () => {
    const host = hosts.host(2);
    // No other run of this test has one that sleeps as long.
    const sleeper = `sleep 98${process.pid}`;
    hosts.ssh(host, `echo kept >/root/disk; echo gone >/run/memory; (setsid ${sleeper} >/dev/null 2>&1 &)`);
    expect(spawnSync('pgrep', ['-f', sleeper]).status).toBe(0);
    hosts.kill(host);
    expect(spawnSync('pgrep', ['-f', sleeper]).status).toBe(1);
    hosts.start(host);
    expect(hosts.ssh(host, 'cat /root/disk; ls /run/memory 2>&1 || true')).toMatch(/^kept\n.*No such file/);
    hosts.reboot(host);
    expect(hosts.ssh(host, 'cat /root/disk')).toBe('kept\n');
  });

  test('is cut off while its network is taken away', () => {
    const host = hosts.host(2);
    const reach = (seconds: number): string =>
      hosts.ssh(hosts.host(1), `timeout ${seconds} bash -c "head -c 3 </dev/tcp/${host.address}/22" || echo no`);
    hosts.partition(host, true);
    expect(reach(2)).toBe('no\n');
    hosts.partition(host, false);
    expect(hosts.ssh(host, 'echo back')).toBe('back\n');
    expect(reach(60)).toBe('SSH');
  });

  test('stands beside those of another run, and leaves nothing on the machine', () => {
    const other = Hosts.up(1);
    const [mine, its] = [hosts.host(1).address, other.host(1).address];
    expect(its.split('.').slice(0, 3)).not.toEqual(mine.split('.').slice(0, 3));
    expect(other.ssh(other.host(1), 'hostname')).toBe('h1\n');
    const run = join(other.key, '..');
    const prefix = `pv${run.slice(-5)}`;
    expect(machineHas(prefix)).toBe(true);
    other.down();
    expect(machineHas(prefix)).toBe(false);
    expect(existsSync(run)).toBe(false);
    expect(hosts.ssh(hosts.host(1), 'hostname')).toBe('h1\n');
  });

  test('of another store have a cache for packages of their own, which stays when the first one goes', () => {
    const store = join(hosts.key, '../../..');
    const second = `${store}.second`;
    mkdirSync(second);
    for (const layer of readdirSync(store))
      if (/^plain-\w+$/.test(layer)) symlinkSync(join(store, layer), join(second, layer));
    process.env['PROVISIONING_TEST_HOSTS'] = second;
    try {
      const other = Hosts.up(1);
      const places = [store, second].map((folder) => readFileSync(join(folder, 'cache.place'), 'utf8'));
      expect(new Set(places.flatMap((place) => place.split(/\s/).filter((word) => word !== ''))).size).toBe(4);
      expect(other.ssh(other.host(1), 'apt-get update -qq 2>&1')).toBe('');
      other.down();
    } finally {
      delete process.env['PROVISIONING_TEST_HOSTS'];
      rmSync(second, { recursive: true });
    }
    expect(hosts.ssh(hosts.host(1), 'apt-get update -qq 2>&1')).toBe('');
  });

  test('of a test that was killed is taken away by the next one', () => {
    const program = `import { Hosts } from ${JSON.stringify(join(import.meta.dirname, '../rig/hosts.ts'))};
      process.stdout.write(Hosts.up(1).key, () => process.kill(process.pid, 'SIGKILL'));`;
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(signal).toBe('SIGKILL');
    const run = join(stdout, '..');
    const prefix = `pv${run.slice(-5)}`;
    expect(machineHas(prefix)).toBe(true);
    Hosts.up(1).down();
    expect(machineHas(prefix)).toBe(false);
    expect(existsSync(run)).toBe(false);
  });
});

describe.skipIf(!hostsHere)('a test host with systemd', () => {
  test('runs services, and boots again when it is told to', () => {
    const hosts = Hosts.up(1, 'systemd');
    try {
      const host = hosts.host(1);
      expect(hosts.ssh(host, 'systemctl is-system-running --wait')).toBe('running\n');
      hosts.ssh(host, `systemd-run --quiet --unit own-${process.pid} sleep 1000`);
      const groups = spawnSync('find', ['/sys/fs/cgroup', '-name', `own-${process.pid}.service`], { encoding: 'utf8' });
      // No other host's systemd could take it for its own.
      expect(groups.stdout.replaceAll(/^.*\/pv[0-9a-z]{5}-h1\/.*\n/gm, 'of this host ')).toMatch(/^(of this host )+$/);
      hosts.ssh(host, 'echo before >/run/boot; systemctl --no-block reboot');
      for (let tries = 0; tries < 200 && hosts.ssh(host, 'cat /run/boot || true') !== ''; tries++);
      expect(hosts.ssh(host, 'systemctl is-system-running --wait; systemctl is-active ssh; ls /run/boot || true')).toBe(
        'running\nactive\n',
      );
    } finally {
      hosts.down();
    }
  });
});
