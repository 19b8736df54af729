import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { untilFree, untilListening } from '../rig/host-home.ts';
import type { Host } from '../rig/hosts.ts';
import { Bench } from '../rig/nushell.ts';
import type { Asked, Outcome, Resource } from '../rig/nushell.ts';

/** A web server of few lines, in what every host has: says its version, and what is in its environment. */
const SERVER = `use IO::Socket::INET; $| = 1;
die "the version is broken\\n" if -e 'broken' || -e '/etc/broken-host';
my $s = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 9, ReuseAddr => 1) or die "no port: $!";
while (my $c = $s->accept) {
  my $l = <$c>; open my $v, '<', 'version'; my $version = <$v>;
  my $code = ($l =~ m{/health} && -e 'sick') ? '503 No' : '200 OK';
  print $c "HTTP/1.0 $code\\r\\n\\r\\n$version|$<|$ENV{HOSTILE}|$ENV{TOKEN}|@ARGV";
  close $c;
}
`;
const HOSTILE = `it's "$(touch /tmp/canary)" \`touch /tmp/canary\` {{ 7 * 7 }}\n$HOME \\`;

const APP = '/opt/provisioning/apps/shop';

describe.skipIf(!hostsHere).each(['plain', 'systemd'] as const)('an app on hosts, %s', (kind) => {
  let hosts: Hosts;
  let bench: Bench;
  let [first, second]: Host[] = [];
  beforeAll(() => {
    hosts = Hosts.up(2, kind);
    [first, second] = [hosts.host(1), hosts.host(2)];
    for (const host of hosts.hosts)
      hosts.ssh(
        host,
        'perl -MIO::Socket::INET -e 1 2>/dev/null || (apt-get update -qq && apt-get install -y -qq perl >/dev/null 2>&1)',
      );
  });
  afterAll(() => hosts.down());
  beforeEach(async () => {
    bench = await Bench.make();
    await Promise.all(
      hosts.hosts.map(({ address }, index) =>
        bench.run({
          type: 'server.create',
          id: `web-${index + 1}`,
          provider: 'ssh',
          params: { address, user: 'root', identity: hosts.key },
        }),
      ),
    );
  });
  afterEach(async () => {
    await bench.run({ type: 'app.remove', id: 'shop' });
    await bench.remove();
  });

  const source = async (version: string, ...marks: string[]): Promise<void> => {
    const folder = join(bench.workspace, 'dist');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'serve.pl'), SERVER);
    await writeFile(join(folder, 'version'), version);
    for (const mark of ['broken', 'sick']) if (marks.includes(mark)) await writeFile(join(folder, mark), '');
  };
  const deploy = (more: Record<string, unknown> = {}, asked: Partial<Asked> = {}): Promise<Outcome> =>
    bench.run({
      type: 'app.deploy',
      id: 'shop',
      params: {
        servers: ['web-1', 'web-2'],
        source: 'dist',
        command: ['perl', 'serve.pl', HOSTILE],
        env: { HOSTILE },
        port: 8080,
        health: '/health',
        health_timeout: 10,
        ...more,
      },
      ...asked,
    });
  const ask = (host = first): string => hosts.ssh(host ?? hosts.host(1), 'curl -s http://127.0.0.1:8080/ || echo down');

  test('serves on each, by its own user, with hostile values inert, and unchanged the second time', async () => {
    await source('v1');
    const made = await deploy();
    expect(made.output).not.toContain('Error');
    expect(made.result).toMatchObject({ message: 'App shop deployed on web-1, web-2', changed: true });
    expect(ask()).toBe(`v1|65534|${HOSTILE}||${HOSTILE}`);
    expect(ask(second)).toContain('v1|');
    const pid = hosts.ssh(hosts.host(1), 'pgrep -x perl');
    expect((await deploy()).result).toMatchObject({ changed: false });
    expect(hosts.ssh(hosts.host(1), 'pgrep -x perl')).toBe(pid);
    expect(hosts.ssh(hosts.host(1), 'ls /tmp/canary 2>&1 || true')).toContain('No such file');
  });

  test('a version that does not serve is taken back, on one host only, and its last words are shown', async () => {
    await source('v1');
    await deploy();
    await source('v2', 'broken');
    const broken = await deploy();
    expect(broken.failure?.['message']).toMatch(
      /^app shop failed on 1 of 2 servers: web-1: .*; version \w+-1 is back; not tried: web-2$/,
    );
    expect(broken.failure?.['help']).toContain('of its log on web-1');
    expect(broken.output).toContain('the version is broken');
    expect([ask(), ask(second)].map((text) => text.slice(0, 2))).toEqual(['v1', 'v1']);
    expect(bench.inventory['apps']?.['shop']).toMatchObject({ status: 'running' });
    const silent = await deploy({ command: ['false'], health_timeout: 2 });
    expect(silent.failure?.['message']).toMatch(/; version \w+-1 is back; not tried: web-2$/);
    expect(silent.output).not.toContain('the version is broken');
    expect(bench.inventory['apps']?.['shop']).toMatchObject({ status: 'running' });
  });

  test('what somebody has changed or removed of it on a host is put there anew, what was added stays', async () => {
    await source('v1');
    await symlink('version', join(bench.workspace, 'dist/link'));
    await deploy();
    const files = 'cd /opt/provisioning/apps/shop/current/files';
    const messages: string[] = [];
    const hands = ['echo v0 >version', 'rm link', 'chmod 600 serve.pl', 'rm serve.pl; pkill -x perl', 'echo x >x'];
    for (const hand of hands) {
      hosts.ssh(hosts.host(2), `${files}; ${hand}`);
      messages.push(`${hand}: ${String((await deploy()).result?.message)}`);
      expect(ask(second)).toContain('v1|');
    }
    expect(messages).toEqual([
      'echo v0 >version: App shop deployed on web-2',
      'rm link: App shop deployed on web-2',
      'chmod 600 serve.pl: App shop deployed on web-2',
      'rm serve.pl; pkill -x perl: App shop deployed on web-2',
      'echo x >x: App shop runs on web-1, web-2 already, unchanged',
    ]);
    expect(hosts.ssh(hosts.host(2), `${files}; readlink link; stat -c %a serve.pl`)).toBe('version\n644\n');
  });

  test('a health check that says no takes it back too; then a good version replaces it', async () => {
    await source('v1');
    await deploy();
    await source('v2', 'sick');
    expect((await deploy()).failure?.['message']).toContain('/health answers 503');
    expect(ask()).toContain('v1|');
    await writeFile(join(bench.workspace, 'dist/version'), 'v3');
    expect((await deploy({ health: undefined })).exit).toBe(0);
    expect(ask()).toContain('v3|');
  });

  test.each([
    ['asked for its health', {}],
    ['asked for nothing', { health: undefined, health_timeout: 2 }],
  ])('a first version on the port of another app, %s, has failed and leaves nothing', async (_, more) => {
    await source('v1');
    await deploy();
    const other = await deploy({ name: 'other', servers: ['web-1'], ...more });
    expect(other.failure?.['message']).toMatch(/: web-1: port 8080 is held by another one: perl \(pid \d+\)[,;] .*not/);
    expect(
      hosts.ssh(hosts.host(1), 'ls /opt/provisioning/apps; ls /etc/systemd/system/*other* 2>/dev/null || true'),
    ).toBe('shop\n');
    expect(ask()).toContain('v1|');
    expect((await deploy()).result).toMatchObject({ changed: false });
  });

  test('a first deployment that fails on one host is on none; one on fewer hosts says where it is gone', async () => {
    await source('v1');
    hosts.ssh(
      hosts.host(2),
      "setsid perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 9, ReuseAddr => 1) or die; sleep 300' >/dev/null 2>&1 </dev/null & " +
        untilListening(8080),
    );
    const made = await deploy();
    expect(made.failure?.['message']).toMatch(/1 of 2 servers: web-2: port 8080 is held by another one: perl/);
    for (const host of hosts.hosts) expect(hosts.ssh(host, 'ls /opt/provisioning/apps')).toBe('');
    expect(ask()).toBe('down\n');
    hosts.ssh(hosts.host(2), `pkill -x perl; ${untilFree(8080)}`);
    expect((await deploy()).result).toMatchObject({ message: 'App shop deployed on web-1, web-2' });
    const fewer = await deploy({ servers: ['web-1'] });
    expect(fewer.failure).toMatchObject({
      code: 'conflict',
      message: 'app shop is on web-2 too, from where this would remove it',
    });
    expect([ask(), ask(second)]).toEqual([expect.stringContaining('v1|'), expect.stringContaining('v1|')]);
    expect((await deploy({ servers: ['web-1'], force: true })).result).toMatchObject({
      message: 'App shop runs on web-1 already, unchanged; removed from web-2',
      changed: true,
    });
    expect([ask(), ask(second)]).toEqual([expect.stringContaining('v1|'), 'down\n']);
  });

  test('it needs nothing of the system in its PATH, and is left alone while it answers late', async () => {
    await source('v1');
    const own = {
      servers: ['web-1'],
      command: ['/usr/bin/perl', 'serve.pl'],
      env: { PATH: '/opt/none' },
      health_timeout: 40,
    };
    expect((await deploy(own)).exit).toBe(0);
    const pid = hosts.ssh(hosts.host(1), 'pgrep -x perl');
    hosts.ssh(
      hosts.host(1),
      `pkill -STOP -x perl; setsid sh -c 'sleep 8; pkill -CONT -x perl' >/dev/null 2>&1 </dev/null &`,
    );
    expect((await deploy(own)).result).toMatchObject({ changed: false });
    expect(hosts.ssh(hosts.host(1), 'pgrep -x perl')).toBe(pid);
  });

  test('a deployment that ends before its version has served does not leave that one', async () => {
    const one = { servers: ['web-1'] };
    const slow = { ...one, command: ['sh', '-c', 'sleep 90; exec perl serve.pl'], health_timeout: 60 };
    const current = join(hosts.rootOf(hosts.host(1)), APP, 'current');
    const ended = async (signal: string): Promise<Outcome> => {
      const was = readlinkSync(current);
      const deploying = deploy(slow);
      await vi.waitUntil(() => readlinkSync(current) !== was, { timeout: 60_000 });
      const program = `find /proc/[0-9]*/fd -lname ${APP}/lock 2>/dev/null | cut -d / -f 3`;
      hosts.ssh(hosts.host(1), `kill -${signal} $(${program})`);
      return deploying;
    };
    await source('v1');
    await deploy(one);
    const was = /web-1: it was ended before it served; version \w+-1 is back$/;
    expect((await ended('TERM')).failure?.['message']).toMatch(was);
    expect(ask()).toContain('v1|');
    expect((await ended('KILL')).exit).toBe(1);
    await source('v2', 'sick');
    const half = await deploy({ ...one, health_timeout: 2.5 });
    expect(half.failure?.['message']).toMatch(/web-1: \/health answers 503; version \w+-1 is back$/);
    expect(ask()).toContain('v1|');
    expect(hosts.ssh(hosts.host(1), `cat ${APP}/versions/*/files/version; ls ${APP} | grep incoming || true`)).toBe(
      'v1',
    );
  });

  test('as many versions are kept as it says, and whoever looks while they are exchanged finds one', async () => {
    const one = { servers: ['web-1'] };
    const kept = (): string => hosts.ssh(hosts.host(1), `cat ${APP}/versions/*/files/version | fold -w 2 | sort`);
    await source('v1');
    await deploy(one);
    const watcher = 'until (-e "/tmp/enough") { -l $ARGV[0] or $gaps++ } open F, ">/tmp/gaps"; print F $gaps + 0';
    hosts.ssh(
      hosts.host(1),
      `rm -f /tmp/gaps /tmp/enough; setsid perl -e '${watcher}' ${APP}/current >/dev/null 2>&1 </dev/null &`,
    );
    for (const version of ['v2', 'v3', 'v4']) {
      await source(version);
      expect((await deploy({ ...one, keep: 3 })).exit).toBe(0);
    }
    hosts.ssh(hosts.host(1), 'touch /tmp/enough; until [ -s /tmp/gaps ]; do sleep 0.05; done');
    expect(hosts.ssh(hosts.host(1), 'cat /tmp/gaps')).toBe('0');
    expect(kept()).toBe('v2\nv3\nv4\n');
    await source('v5');
    expect((await deploy({ ...one, keep: 2 })).exit).toBe(0);
    expect(kept()).toBe('v4\nv5\n');
    expect(ask()).toContain('v5|');
  });

  test('after a reboot it serves: by itself where there is systemd, else after the next deployment', async () => {
    const again = async (): Promise<number | null> => (await deploy({ servers: ['web-1'] })).exit;
    await source('v1');
    await again();
    if (kind === 'systemd') {
      hosts.ssh(hosts.host(1), 'systemctl disable -q provisioning-app-shop');
      expect(await again()).toBe(0);
    }
    hosts.reboot(hosts.host(1));
    if (kind === 'systemd') await expect.poll(() => ask()).toContain('v1|');
    // The connection from before the reboot has to be noticed first.
    await expect.poll(again).toBe(0);
    expect(ask()).toContain('v1|');
  });

  test.runIf(kind === 'plain')('what it prints does not fill the disk while it runs', async () => {
    await source('v1');
    const talks = 'perl -e \'print "x" x 99, "\\n" for 1 .. 120_000; print "the end\\n"\'; exec perl serve.pl';
    expect((await deploy({ servers: ['web-1'], command: ['sh', '-c', talks] })).exit).toBe(0);
    const pid = hosts.ssh(hosts.host(1), 'pgrep -x perl');
    await expect.poll(() => hosts.ssh(hosts.host(1), `stat -c %s ${APP}/log`), { timeout: 90_000 }).toBe('0\n');
    expect(hosts.ssh(hosts.host(1), `stat -c %s ${APP}/log.1; tail -n 1 ${APP}/log.1`)).toBe('10000000\nthe end\n');
    expect(hosts.ssh(hosts.host(1), 'pgrep -x perl')).toBe(pid);
  });

  test('with max_fail_percent it goes on and stays where it serves; a retry takes what has changed to all', async () => {
    const attempt = (token: string, checkpoint: unknown = null): Promise<Outcome> =>
      deploy({ secrets: ['TOKEN'] }, { env: { TOKEN: token }, request: { max_fail_percent: 50, checkpoint } });
    await source('v1');
    hosts.ssh(hosts.host(1), 'touch /etc/broken-host');
    const half = await attempt('old');
    expect(half.failure?.['message']).toMatch(/^app shop failed on 1 of 2 servers: web-1: /);
    expect([ask(), ask(second)]).toEqual(['down\n', expect.stringContaining('|old|')]);
    expect(bench.inventory['apps']?.['shop']).toMatchObject({ status: 'partial', facts: { servers: ['web-2'] } });
    hosts.ssh(hosts.host(1), 'rm /etc/broken-host');
    const checkpoint: unknown = JSON.parse(await readFile(join(half.folder, 'checkpoint.json'), 'utf8'));
    expect((await attempt('new', checkpoint)).exit).toBe(0);
    expect([ask(), ask(second)]).toEqual([expect.stringContaining('|new|'), expect.stringContaining('|new|')]);
  });

  test('what is said of it names the version of each server, also when one of them has failed', async () => {
    const on = (file: string): string[] =>
      hosts.hosts.map((host) => hosts.ssh(host, `basename "$(readlink /opt/provisioning/apps/shop/${file})"`).trim());
    const record = () => bench.inventory['apps']?.['shop'] as Resource;
    await source('v1');
    await deploy();
    const [old = ''] = on('current');
    expect(record()).toMatchObject({ status: 'running', facts: { versions: { 'web-1': old, 'web-2': old } } });
    const { definition } = record();
    await source('v2');
    hosts.ssh(hosts.host(2), 'touch /etc/broken-host');
    const half = await deploy();
    expect(half.failure?.['message']).toMatch(/^app shop failed on 1 of 2 servers: web-2: /);
    const [now = ''] = on('current');
    hosts.ssh(hosts.host(2), 'rm /etc/broken-host');
    expect(now).not.toBe(old);
    expect(record()).toMatchObject({
      status: 'partial',
      definition,
      facts: { servers: ['web-1', 'web-2'], versions: { 'web-1': now, 'web-2': old } },
    });
    hosts.ssh(hosts.host(2), 'mv /usr/bin/flock /usr/bin/flock.away');
    const removed = await bench.run({ type: 'app.remove', id: 'shop' });
    expect(removed.failure?.['message']).toMatch(/^removing app shop failed on 1 of 2 servers: web-2: /);
    expect(record()).toMatchObject({ status: 'partial', facts: { servers: ['web-2'], versions: { 'web-2': old } } });
    hosts.ssh(hosts.host(2), 'mv /usr/bin/flock.away /usr/bin/flock');
    expect((await bench.run({ type: 'app.remove', id: 'shop' })).result).toMatchObject({ message: 'App shop removed' });
  });

  test('a connection that is lost for a moment is survived; of one that stays lost nobody knows how far it got', async () => {
    const begun = join(hosts.rootOf(hosts.host(1)), 'opt/provisioning/apps/shop/current');
    const cut = async (seconds: number): Promise<Outcome> => {
      const slow = { command: ['sh', '-c', 'sleep 8; exec perl serve.pl'], health_timeout: 30 };
      const deploying = deploy({ servers: ['web-1'], ...slow });
      await vi.waitUntil(() => existsSync(begun), { timeout: 60_000 });
      hosts.partition(hosts.host(1), true);
      await pause(seconds * 1000);
      hosts.partition(hosts.host(1), false);
      return deploying;
    };
    await source('v1');
    expect((await cut(3)).result).toMatchObject({ message: 'App shop deployed on web-1' });
    await bench.run({ type: 'app.remove', id: 'shop' });
    const lost = await cut(30);
    expect(lost.failure?.['message']).toMatch(/web-1: the connection to web-1 .* broke while/);
    expect(lost.failure?.['help']).toContain('What that did is not known.');
    expect(bench.inventory['apps']?.['shop']).toMatchObject({
      status: 'partial',
      facts: { versions: { 'web-1': null } },
    });
    expect((await deploy({ servers: ['web-1'] })).exit).toBe(0);
    expect(bench.inventory['apps']?.['shop']).toMatchObject({ status: 'running' });
  });

  test('it is started again when it ends, and is gone when it is removed', async () => {
    await source('v1');
    await deploy();
    hosts.ssh(hosts.host(1), 'pkill -9 -x perl');
    for (let tries = 0; tries < 600 && !ask().includes('v1'); tries++) hosts.ssh(hosts.host(1), 'sleep 0.1');
    expect(ask()).toContain('v1|');
    expect((await bench.run({ type: 'server.delete', id: 'web-1' })).failure?.['message']).toContain(
      'in use by app shop',
    );
    expect((await bench.run({ type: 'app.remove', id: 'shop' })).result).toMatchObject({ message: 'App shop removed' });
    const perl = 'ps -C perl -o stat= | grep -v ^Z';
    expect(hosts.ssh(hosts.host(1), `${perl} || echo none; ls /opt/provisioning/apps`)).toBe('none\n');
  });

  test('a secret reaches it, and neither a log nor a process list', async () => {
    const secret = 's3cret-of-the-app';
    await source('v1');
    const made = await deploy({ secrets: ['TOKEN'] }, { env: { TOKEN: secret } });
    expect(made.exit).toBe(0);
    expect(ask()).toContain(`|${secret}|`);
    expect(made.output + JSON.stringify(made.result)).not.toContain(secret);
    expect(
      hosts.ssh(hosts.host(1), 'ps -eo args; ls -l /opt/provisioning/apps/shop/current/environment'),
    ).not.toContain(secret);
    const changed = await deploy({ secrets: ['TOKEN'] }, { env: { TOKEN: 'another' } });
    expect(changed.result).toMatchObject({ changed: true });
    expect(ask()).toContain('|another|');
  });
});
