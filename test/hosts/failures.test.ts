import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { serverOf, untilFree, untilListening } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { killed } from '../rig/processes.ts';
import { run, start } from '../rig/program.ts';

const NAMES = ['good', 'dead', 'full', 'changed', 'locked', 'late'];

/** Holds the lock of dpkg as another installation would. */
const lockFor = (seconds: number): string =>
  `(setsid perl -e 'use Fcntl; open F, ">", "/var/lib/dpkg/lock-frontend"; my $b = pack("ssqqi", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $b) or die; open G, ">", "/run/is-locked"; sleep ${seconds}' >/dev/null 2>&1 &) ; until [ -e /run/is-locked ]; do sleep 0.05; done`;

describe.skipIf(!hostsHere)('hosts that fail in their own ways', () => {
  let hosts: Hosts;
  let home: Home;
  const at = (name: string) => hosts.host(NAMES.indexOf(name) + 1);
  const provisioning = (...args: readonly string[]) => run(home, args);
  const workflow = (params: object, more: object = {}): void => {
    const operation = {
      id: 'tools',
      type: 'taskserv.create',
      params: { name: 'os', servers: NAMES, ...params },
      ...more,
    };
    home.write('tools.json', JSON.stringify({ name: 'tools', infra: 'six', operations: [operation] }));
  };
  const taskOf = async () =>
    (await provisioning('workflow', 'status', '@latest', '--json')).json<RunDocument>().tasks[0];

  beforeAll(async () => {
    hosts = Hosts.up(NAMES.length);
    home = makeHome();
    home.write('infra/six.json', JSON.stringify({ servers: NAMES.map((name) => serverOf(hosts, at(name), name)) }));
    const created = await provisioning('server', 'create', '--infra', 'six', '--direct');
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    await provisioning('orchestrator', 'stop', '--now');
    hosts.down();
    await closeHome(home);
  });

  test('each ends as an operator would wish, the others finish, and a retry does the rest', async () => {
    workflow({ packages: ['tree', 'ncdu'] });
    hosts.ssh(at('full'), 'mount -t tmpfs -o size=64k tmpfs /var/cache/apt/archives');
    hosts.ssh(at('changed'), 'rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key');
    hosts.reboot(at('changed'));
    hosts.ssh(at('locked'), lockFor(20));
    hosts.ssh(at('dead'), lockFor(300));
    hosts.kill(at('late'));
    const running = start(home, ['workflow', 'submit', 'tools.json', '--wait', '--json']);
    await pause(5000);
    hosts.start(at('late'));
    hosts.ssh(at('good'), 'until command -v ncdu; do sleep 0.2; done');
    hosts.kill(at('dead'));
    const ran = await running.ended;
    expect(ran.code).toBe(1);
    const message = (await taskOf())?.failure?.message ?? '';
    expect(message).toContain('failed on 3 of 6 servers');
    expect(message).toMatch(/full: packages .*(enough free space|No space left)/);
    expect(message).toMatch(/changed: .*key/);
    expect(message).toMatch(/dead: /);
    for (const name of ['good', 'locked', 'late']) expect(hosts.ssh(at(name), 'tree --version')).toContain('tree v');

    const listed = await provisioning('taskserv', 'show', 'os', '--infra', 'six', '--json');
    const known = listed.json<readonly { definition: { servers: readonly string[] } }[]>();
    expect(known[0]?.definition.servers.toSorted()).toEqual(['good', 'late', 'locked']);

    // What was wrong is mended.
    hosts.start(at('dead'));
    hosts.ssh(at('dead'), 'true');
    hosts.ssh(at('full'), 'umount /var/cache/apt/archives');
    workflow({ packages: ['tree', 'ncdu'], servers: NAMES.filter((name) => name !== 'changed') });
    const retried = await provisioning('workflow', 'retry', '@latest', '--accept-changes', '--wait');
    expect([retried.code, retried.stderr]).toEqual([0, expect.anything()]);
    expect(hosts.ssh(at('dead'), 'tree --version')).toContain('tree v');
    expect(hosts.ssh(at('full'), 'tree --version')).toContain('tree v');
  });

  test('one host meets a mistake before all do, and a retry goes on with those that are left', async () => {
    const servers = ['good', 'full', 'locked', 'late'];
    workflow({ packages: ['bc'], servers }, { waves: [1, 1, 2] });
    hosts.ssh(at('full'), 'mount -t tmpfs -o size=64k tmpfs /var/cache/apt/archives');
    expect((await provisioning('workflow', 'submit', 'tools.json', '--wait')).code).toBe(1);
    expect((await taskOf())?.failure?.message).toMatch(/failed on 1 of 4 servers: full: .*; not tried: locked, late$/);
    expect(hosts.ssh(at('locked'), 'command -v bc || echo none')).toBe('none\n');
    hosts.ssh(at('full'), 'umount /var/cache/apt/archives');
    const log = hosts.ssh(at('good'), 'stat -c %Y /run/provisioning.lock');
    expect((await provisioning('workflow', 'retry', '@latest', '--wait')).code).toBe(0);
    expect((await taskOf())?.message).toContain('1 finished by an earlier attempt');
    expect(hosts.ssh(at('good'), 'stat -c %Y /run/provisioning.lock')).toBe(log);
    expect(hosts.ssh(at('late'), 'command -v bc')).toContain('bc');
  });

  test('a port that another process holds, without systemd: it is named, and a retry goes on when it is gone', async () => {
    const listen = '$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 9, ReuseAddr => 1) or die; sleep 300';
    hosts.ssh(
      at('good'),
      `setsid perl -MIO::Socket::INET -e '${listen}' >/dev/null 2>&1 </dev/null & echo $! >/root/stranger; ${untilListening(8080)}`,
    );
    workflow({ name: 'nginx', servers: ['good'], port: 8080 });
    expect((await provisioning('workflow', 'submit', 'tools.json', '--wait')).code).toBe(1);
    expect((await taskOf())?.failure?.message).toMatch(/good: service nginx: port 8080 is held by another one: perl/);
    hosts.ssh(at('good'), `kill "$(cat /root/stranger)"; ${untilFree(8080)}`);
    expect((await provisioning('workflow', 'retry', '@latest', '--wait')).code).toBe(0);
    expect(hosts.ssh(at('good'), 'curl -s http://127.0.0.1:8080/')).toContain('<title>good');
  });

  test('an orchestrator that is killed in the middle of an installation: nothing is installed twice', async () => {
    const servers = ['good', 'locked', 'late'];
    const before = hosts.ssh(at('good'), 'grep -c "status half-installed" /var/log/dpkg.log || true').trim();
    workflow({ packages: ['git', 'python3-minimal'], servers });
    const id = (await provisioning('workflow', 'submit', 'tools.json', '--quiet')).stdout.trim();
    const begun = 'grep -c "status half-installed" /var/log/dpkg.log';
    hosts.ssh(at('good'), `until [ "$(${begun})" -gt ${before} ]; do sleep 0.05; done`);
    await killOrchestrator();
    await provisioning('orchestrator', 'start');
    expect((await provisioning('workflow', 'monitor', id)).code).toBe(0);
    for (const name of servers) {
      const installed = hosts.ssh(at(name), 'grep -c " install git:" /var/log/dpkg.log; dpkg --audit; git --version');
      expect(installed).toMatch(/^1\ngit version/);
    }
  });

  test('apt that was killed half way is mended by the next attempt', async () => {
    // Comes before the real one on the path that apt gives to dpkg, and holds that in the midst of the package.
    const held =
      '#!/bin/sh\\ncase "$*" in *--fsys-tarfile*gdb_*) exec sleep 3600.5;; esac\\nexec /usr/bin/dpkg-deb "$@"\\n';
    hosts.ssh(at('late'), `printf '${held}' >/usr/sbin/dpkg-deb; chmod 755 /usr/sbin/dpkg-deb`);
    workflow({ packages: ['gdb'], servers: ['late'] });
    const running = start(home, ['workflow', 'submit', 'tools.json', '--wait']);
    hosts.ssh(
      at('late'),
      `until pgrep -fx 'sleep 3600.5'; do sleep 0.1; done; grep -q "status half-installed gdb" /var/log/dpkg.log || exit 9
       rm /usr/sbin/dpkg-deb; pkill -9 -x apt-get; pkill -9 -x dpkg; pkill -fx 'sleep 3600.5'`,
    );
    expect((await running.ended).code).toBe(1);
    expect(hosts.ssh(at('late'), 'dpkg --audit')).not.toBe('');
    expect((await provisioning('workflow', 'retry', '@latest', '--wait')).code).toBe(0);
    expect(hosts.ssh(at('late'), 'dpkg --audit; gdb --version')).toMatch(/^GNU gdb/);
  });

  async function killOrchestrator(): Promise<void> {
    const file = join(home.dataDir, 'daemon.json');
    expect(existsSync(file)).toBe(true);
    await killed((JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid);
  }
});
