import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { killOrchestrator, serverOf, untilFree, untilListening } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome, processesOf } from '../rig/leaks.ts';
import { kill } from '../rig/processes.ts';
import { run, start } from '../rig/program.ts';

const NAMES = ['good', 'dead', 'full', 'changed', 'locked', 'late'];

/** Holds the lock of dpkg as another installation would. */
const lockFor = (seconds: number): string =>
  `(setsid perl -e 'use Fcntl; open F, ">", "/var/lib/dpkg/lock-frontend"; my $b = pack("ssqqi", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $b) or die; open G, ">", "/run/is-locked"; sleep ${seconds}' >/dev/null 2>&1 &) ; until [ -e /run/is-locked ]; do sleep 0.05; done`;

/** A disk of its own for /var, and full: 400 MB are free when the filler is gone. */
const FULL = `mkdir /root/var && cp -a /var/. /root/var && mount -t tmpfs -o size=$(($(du -sm /var | cut -f 1) + 400))m tmpfs /var && cp -a /root/var/. /var && rm -r /root/var && { cat /dev/zero >/var/filler 2>/dev/null || df /var | grep -q 100%; }`;

/** Programs that come before the real ones where the work on a host looks for them, and write down that they ran. */
const counting = (held: string): string =>
  `cat >/usr/local/sbin/apt-get <<'END'
#!/bin/sh
case "$*" in *--download-only*) exec /usr/bin/apt-get "$@";; esac
echo "$*" >>/root/apt-get.begun
case " $* " in *" ${held} "*) until [ -e /root/go ]; do sleep 0.05; done;; esac
/usr/bin/apt-get "$@" && echo "$*" >>/root/apt-get.done
END
printf '#!/bin/sh\\necho "$*" >>/root/flock.begun\\nexec /usr/bin/flock "$@"\\n' >/usr/local/sbin/flock
chmod 755 /usr/local/sbin/*; rm -f /root/go /root/*.begun /root/*.done`;
/** How many programs began to work on the host, and how often one of them installed something. */
const COUNTS =
  'grep -c -e "-n 9" /root/flock.begun; grep -c " install " /root/apt-get.done; rm /usr/local/sbin/apt-get /usr/local/sbin/flock';

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
    hosts.ssh(at('full'), FULL);
    hosts.ssh(
      at('changed'),
      'cp -a /etc/ssh /root/ssh; rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key',
    );
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
    const { message = '', hint = '' } = (await taskOf())?.failure ?? {};
    expect(message).toContain('failed on 3 of 6 servers');
    expect(message).toMatch(/full: packages .*(enough free space|No space left)/);
    expect(message).toMatch(/changed: the host key of changed \(root@[\d.]+\) has changed: it is SHA256:\S+ now/);
    expect(message).toMatch(/dead: (dead .* cannot be reached|.*(connection|closed|broken|Timeout))/i);
    expect(hint).toContain(
      'changed: Somebody may be in between. If the host was installed anew, let it go and adopt it again: provisioning server delete changed --infra six, then provisioning server create --infra six.',
    );
    expect(hint).toMatch(/Once the cause is mended: provisioning workflow retry\.$/);
    for (const name of ['good', 'locked', 'late']) expect(hosts.ssh(at(name), 'tree --version')).toContain('tree v');

    const listed = await provisioning('taskserv', 'show', 'os', '--infra', 'six', '--json');
    const known = listed.json<readonly { definition: { servers: readonly string[] } }[]>();
    expect(known[0]?.definition.servers.toSorted()).toEqual(['good', 'late', 'locked']);

    // What was wrong is mended.
    hosts.start(at('dead'));
    hosts.ssh(at('dead'), 'true');
    hosts.ssh(at('full'), 'rm /var/filler');
    workflow({ packages: ['tree', 'ncdu'], servers: NAMES.filter((name) => name !== 'changed') });
    const retried = await provisioning('workflow', 'retry', '@latest', '--accept-changes', '--wait');
    expect([retried.code, (await taskOf())?.failure?.message]).toEqual([0, undefined]);
    expect(hosts.ssh(at('dead'), 'tree --version')).toContain('tree v');
    expect(hosts.ssh(at('full'), 'tree --version')).toContain('tree v');
  });

  test('a way to a host that shows another key is refused in sentences', async () => {
    const command = { id: 'look', type: 'command.run', params: { argv: ['true'], servers: ['changed'] } };
    home.write('look.json', JSON.stringify({ name: 'look', infra: 'six', operations: [command] }));
    await provisioning('workflow', 'run', 'look.json');
    const { message = '', hint = '' } = (await taskOf())?.failure ?? {};
    expect(`${message} ${hint}`).toMatch(
      /has changed: it is SHA256:\S+ now\. Somebody may be in between\. .*server delete changed --infra six, then/,
    );
  });

  test('as many hosts as are allowed to fail stop nobody, one more does; a retry goes on with those that are left', async () => {
    const servers = ['full', 'good', 'changed', 'late'];
    workflow({ packages: ['bc'], servers }, { waves: [1], max_fail_percent: 25 });
    hosts.ssh(at('full'), 'cat /dev/zero >/var/filler 2>/dev/null || true');
    expect((await provisioning('workflow', 'submit', 'tools.json', '--wait')).code).toBe(1);
    expect((await taskOf())?.failure?.message).toMatch(
      /failed on 2 of 4 servers: full: .*; changed: .*; not tried: late$/,
    );
    expect(hosts.ssh(at('good'), 'command -v bc')).toContain('bc');
    expect(hosts.ssh(at('late'), 'command -v bc || echo none')).toBe('none\n');
    hosts.ssh(at('full'), 'rm /var/filler');
    hosts.ssh(at('changed'), 'cp -a /root/ssh/. /etc/ssh');
    hosts.reboot(at('changed'));
    const log = hosts.ssh(at('good'), 'stat -c %Y /run/provisioning.lock');
    const retried = await provisioning('workflow', 'retry', '@latest', '--wait');
    expect([retried.code, (await taskOf())?.failure?.message]).toEqual([0, undefined]);
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

  /** In the middle of installing this on these servers: apt-get has begun, and waits for /root/go. */
  const inTheMiddle = async (held: string, servers: readonly string[]): Promise<string> => {
    for (const name of servers) hosts.ssh(at(name), counting(held));
    workflow({ packages: [held], servers });
    const id = (await provisioning('workflow', 'submit', 'tools.json', '--quiet')).stdout.trim();
    for (const name of servers)
      hosts.ssh(at(name), 'until grep -qs " install " /root/apt-get.begun; do sleep 0.05; done');
    return id;
  };
  const go = (servers: readonly string[]): void => {
    for (const name of servers) hosts.ssh(at(name), 'touch /root/go');
  };

  test('an orchestrator that is killed in the middle of an installation: nothing is done twice', async () => {
    const servers = ['good', 'locked', 'late'];
    const id = await inTheMiddle('git', servers);
    await killOrchestrator(home);
    await provisioning('orchestrator', 'start');
    go(servers);
    expect((await provisioning('workflow', 'monitor', id)).code).toBe(0);
    expect(await taskOf()).toMatchObject({ attempts: 1 });
    for (const name of servers)
      expect(hosts.ssh(at(name), `${COUNTS}; dpkg --audit; git --version`)).toMatch(/^1\n1\ngit v/);
  });

  test('a task whose own process is killed in the middle of an installation: nothing is installed twice', async () => {
    const id = await inTheMiddle('jq', ['good']);
    const tasks = processesOf(home).filter(({ line }) => /(^|\/)nu /.test(line));
    expect(tasks).not.toEqual([]);
    for (const { pid } of tasks) kill(pid);
    go(['good']);
    expect((await provisioning('workflow', 'monitor', id)).code).toBe(0);
    expect(hosts.ssh(at('good'), `${COUNTS}; dpkg --audit; jq --version`)).toMatch(/^2\n1\njq-/);
    expect(await taskOf()).toMatchObject({ attempts: 2 });
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
});
