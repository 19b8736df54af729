import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { checksum, serverOf, untilListening } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { bash, blocksOf, linesOf, pages } from '../rig/pages.ts';
import { run } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';

/** Harmless where it is text, visible wherever it is anything else. */
const CANARY = '/root/canary';
const HOSTILE = `'"; touch ${CANARY}; $(touch ${CANARY}) \`touch ${CANARY}\` {{ 7 * 7 }}\n} touch ${CANARY}\n\\' # %s`;

/** Says 200 to whatever it is asked, on the port that it is given. */
const STRANGER =
  'use IO::Socket::INET; $s = IO::Socket::INET->new(LocalPort => shift, Listen => 9, ReuseAddr => 1) or die; while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\n\\r\\n"; close $c }';

describe.skipIf(!hostsHere)('taskservs on hosts with systemd', () => {
  let hosts: Hosts;
  let home: Home;

  beforeAll(async () => {
    hosts = Hosts.up(2, 'systemd');
    home = makeHome();
    infra([]);
    const created = await provisioning('server create --infra dev --direct');
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    hosts.down();
    await closeHome(home);
  });

  const provisioning = (args: string, env = { SHOP_DB_PASSWORD: "it's s3cret" }): Promise<Ran> =>
    run(home, args.split(' '), { env });
  const infra = (taskservs: readonly Record<string, unknown>[]): string =>
    home.write(
      'infra/dev.json',
      JSON.stringify({ servers: hosts.hosts.map((host) => serverOf(hosts, host)), taskservs }),
    );
  const install = (name: string, params: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
    infra([{ name, servers: ['h1'], params, ...more }]);
    return provisioning(`taskserv create ${name} --infra dev --direct --json`);
  };
  /** What was changed on h1, `KIND NAME` each. */
  const changes = (ran: Ran): readonly string[] => {
    const [task] = ran.json<RunDocument>().tasks;
    const servers = task?.result?.['servers'] as readonly { changes: readonly { kind: string; name: string }[] }[];
    return servers.flatMap((server) => server.changes.map(({ kind, name }) => `${kind} ${name}`));
  };
  const failureOf = (ran: Ran) => ran.json<RunDocument>().tasks[0]?.failure;
  /** A taskserv of the workspace's own, which wants these resources and checks of its host. */
  const ownModule = (resources: string, checks = '', deadline = 1) => {
    home.write(
      'taskservs/own/manifest.toml',
      `name = "own"\nsystems = ["debian-12"]\n[health]\ndeadline = ${deadline}\nservice = "nginx"\n`,
    );
    home.write(
      'taskservs/own/taskserv.nu',
      `use lib/resources.nu *
export def configure [context: record, host: record] { [${resources}] }
export def health [context: record, host: record] { [${checks}] }
`,
    );
  };
  const installOwn = (resources: string, checks = '') => {
    ownModule(resources, checks);
    return install('own');
  };
  const on = (command: string): string => hosts.ssh(hosts.host(1), command);

  test('looking first changes nothing on the host, and says what would be done', async () => {
    infra([{ name: 'nginx', servers: ['h1'], params: { port: 8080 } }]);
    const before = checksum(hosts, hosts.host(1));
    const checked = await provisioning('taskserv create nginx --infra dev --check --diff');
    expect(checked.code).toBe(7);
    expect(checked.stdout).toMatch(/packages nginx: to install: nginx/);
    expect(checked.stdout).toMatch(/\+ {4}listen 8080 default_server;/);
    expect(checked.stdout).toMatch(/service nginx: to enable, start/);
    expect(checksum(hosts, hosts.host(1))).toBe(before);
  });

  test('what was shown is done; then there is nothing left to do', async () => {
    expect(await install('nginx', { port: 8080 })).toMatchObject({ code: 0 });
    expect(on('systemctl is-enabled nginx; curl -s http://127.0.0.1:8080/')).toMatch(/^enabled\n[^]*<title>h1/);
    expect(await provisioning('taskserv create nginx --infra dev --check')).toMatchObject({ code: 0 });
    const before = checksum(hosts, hosts.host(1));
    const again = await install('nginx', { port: 8080 });
    expect(again.json<RunDocument>().tasks[0]?.message).toBe('nginx on h1, unchanged');
    expect(checksum(hosts, hosts.host(1))).toBe(before);
  });

  test('a changed parameter changes what follows from it, and restarts nothing else', async () => {
    const started = () => on('systemctl show --property ActiveEnterTimestampMonotonic ssh nginx');
    const before = started();
    expect(changes(await install('nginx', { port: 8081 }))).toEqual([
      'file /etc/nginx/conf.d/provisioning.conf',
      'service nginx',
    ]);
    expect(started()).toBe(before);
    expect(on('cat /var/lib/provisioning/kept/etc/nginx/conf.d/provisioning.conf')).toContain('listen 8080');
    expect(on('stat -c "%a %U" /etc/nginx/conf.d/provisioning.conf')).toBe('644 root\n');
  });

  test('what the login shell of root prints is no answer of a service', async () => {
    on('cp /root/.bashrc /root/kept; sed -i "1i echo noise" /root/.bashrc');
    expect(await install('nginx', { port: 8081 })).toMatchObject({ code: 0 });
    on('mv /root/kept /root/.bashrc');
  });

  test('a restart that an interrupted attempt did not come to is made up for', async () => {
    on('mkdir -p /var/lib/provisioning/pending; printf restart >/var/lib/provisioning/pending/nginx');
    expect(changes(await install('nginx', { port: 8081 }))).toEqual(['service nginx']);
    expect(changes(await install('nginx', { port: 8081 }))).toEqual([]);
  });

  test('a configuration that the service refuses does not take it down', async () => {
    on('echo "broken;" >/etc/nginx/conf.d/other.conf');
    on('ln -s ../sites-available/default /etc/nginx/sites-enabled/default');
    on('chmod 600 /etc/nginx/conf.d/provisioning.conf');
    const files = () => on('cd /etc/nginx; stat -c "%a %N" conf.d/* sites-enabled/*; cat conf.d/*');
    const before = files();
    const ran = await install('nginx', { port: 8082 });
    expect(ran.code).toBe(1);
    expect(failureOf(ran)?.message).toMatch(
      /h1: service nginx: its configuration is refused.*broken.*files are as before/,
    );
    expect(files()).toBe(before);
    expect(on('curl -s http://127.0.0.1:8081/')).toContain('<title>h1');
    on('rm /etc/nginx/conf.d/other.conf');
    expect(await install('nginx', { port: 8082 })).toMatchObject({ code: 0 });
    expect(on('curl -s http://127.0.0.1:8082/')).toContain('<title>h1');
  });

  test('settings that PostgreSQL refuses, or does not start with, leave it as it was', async () => {
    const works = { settings: { max_connections: '40' } };
    expect(await install('postgres', works)).toMatchObject({ code: 0 });
    const files = () =>
      on(
        'cat /etc/postgresql/*/main/conf.d/provisioning.conf; cat /run/postgresql/*-main.pid; ls /var/lib/provisioning/pending',
      );
    const before = files();
    const refused = await install('postgres', { settings: { max_connections: '40', nonsense_of_ours: 'on' } });
    expect(failureOf(refused)?.message).toMatch(
      /h1: service postgresql: its configuration is refused, so it was not touched: unrecognized .*"nonsense_of_ours".*; its files are as before/,
    );
    expect(files()).toBe(before);
    const together = { max_connections: '4', superuser_reserved_connections: '8', max_wal_senders: '1' };
    const failed = await install('postgres', { settings: together });
    expect(failureOf(failed)?.message).toMatch(
      /h1: service postgresql: restart failed: .*; its files are as before, and it runs with them/,
    );
    expect(failureOf(failed)?.hint).toContain('superuser_reserved_connections');
    expect(files().replaceAll(/^\d+$/gm, '')).toBe(before.replaceAll(/^\d+$/gm, ''));
    expect(changes(await install('postgres', works))).toEqual([]);
  });

  test('a restart that does not come to its end leaves it as it was; so does the next attempt with what is right', async () => {
    const folder = '/run/systemd/system/postgresql@.service.d';
    const slow = (when: string) =>
      on(
        `mkdir -p ${folder}; printf "[Service]\nExecStartPre=/bin/sh -c '! ${when} || exec sleep 1000'\n" >${folder}/slow.conf; systemctl daemon-reload`,
      );
    const conf = '/etc/postgresql/15/main/conf.d/provisioning.conf';
    const max = () => on("cd /; runuser -u postgres -- psql -XAtc 'SHOW max_connections'");
    slow(`grep -q 41 ${conf}`);
    const back = await install('postgres', { settings: { max_connections: '41' }, restart_seconds: 20 });
    expect(failureOf(back)?.message).toMatch(
      /restart has not ended within 20 s; its files are as before, and it runs with them$/,
    );
    expect(max()).toBe('40\n');
    slow('true');
    const stuck = await install('postgres', { settings: { max_connections: '42' }, restart_seconds: 2 });
    expect(failureOf(stuck)?.message).toMatch(
      /restart has not ended within 2 s; its files are as before, and it does not run with them either$/,
    );
    on(`rm -r ${folder}; systemctl daemon-reload`);
    expect(on("systemctl is-active 'postgresql@15-main' || true")).toBe('activating\n');
    expect(changes(await install('postgres', { settings: { max_connections: '40' } }))).toEqual(['service postgresql']);
    expect(max()).toBe('40\n');
  });

  test('PostgreSQL gets settings as they are, and passwords wherever it listens', async () => {
    const users = [{ name: 'shop', password: 'DB_PASSWORD' }];
    const settings = { max_connections: '40', log_line_prefix: "it's a\\tb\\" };
    const credentials = { DB_PASSWORD: 'env:SHOP_DB_PASSWORD' };
    for (const listen of [[hosts.host(1).address], ['::1'], ['*']]) {
      const params = { listen, users, settings };
      const first = await install('postgres', params, { credentials });
      expect({ listen, message: first.json<RunDocument>().tasks[0]?.message }).toEqual({
        listen,
        message: 'postgres installed on h1',
      });
      expect(changes(await install('postgres', params, { credentials }))).toEqual([]);
    }
    expect(on("cd /; runuser -u postgres -- psql -XAtc 'SHOW log_line_prefix'")).toBe("it's a\\tb\\\n");
    const refused = await install('postgres', { settings: { port: '5433' } });
    expect(failureOf(refused)?.message).toContain('port is a parameter of its own');
    const nowhere = await install('postgres', { listen: [], users }, { credentials });
    expect(failureOf(nowhere)?.message).toContain('listens on no address');
  });

  test('whoever else answers on its port is named, and no answer of the service', async () => {
    await install('nginx', { port: 8082 });
    on(`systemd-run --quiet --unit stranger perl -e '${STRANGER}' 8083; ${untilListening(8083)}`);
    const ran = await install('nginx', { port: 8083 });
    expect(failureOf(ran)?.message).toMatch(
      /h1: service nginx: port 8083 is held by another one: perl \(pid \d+\), so it was not touched; its files are as before$/,
    );
    expect(on('systemctl reload nginx; curl -s http://127.0.0.1:8082/')).toContain('<title>h1');
    expect(await provisioning('taskserv create nginx --infra dev --check')).toMatchObject({ code: 7 });
    on('systemctl stop stranger');
    expect(changes(await install('nginx', { port: 8083 }))).toEqual([
      'file /etc/nginx/conf.d/provisioning.conf',
      'service nginx',
    ]);
    expect(on('curl -s http://127.0.0.1:8083/')).toContain('<title>h1');
    const balancer = await install('haproxy', { port: 8083, backends: [{ address: '127.0.0.1', port: 8083 }] });
    expect(failureOf(balancer)?.message).toMatch(/service haproxy: port 8083 is held by another one: nginx \(pid/);
    on('systemctl disable --quiet --now haproxy');
  });

  test('users, packages, kernel settings and names follow the definition', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2oN9JcPm5O8jRzJ5Qm1o0kQ0pXb3Fq8gqgW3T9r0xX shop@example';
    infra([{ name: 'os', servers: ['h1'], params: {} }]);
    on('sed -i "s/ h1$/ other/" /etc/hosts; hostname other; echo other >/etc/hostname');
    expect(await provisioning('server show h1 --infra dev --drift')).toMatchObject({ code: 7 });
    expect((await provisioning('server create h1 --infra dev --direct')).stdout).toContain(
      'exists already, recorded as it is now: hostname "h1" → "other"',
    );
    expect(await provisioning('server show h1 --infra dev --drift')).toMatchObject({ code: 0 });
    const params = {
      hostname: true,
      packages: ['tree', 'libc6:amd64'],
      users: [{ name: 'shop', groups: ['adm'], shell: '/bin/sh', sudo: true, authorized_keys: [key] }],
      sysctl: { 'net.ipv4.ip_default_ttl': '63' },
      open: ['80/tcp'],
    };
    expect(await install('os', params)).toMatchObject({ code: 0 });
    expect(on('hostname; getent hosts h1; sudo true 2>&1')).toMatch(/^h1\n127\.0\.1\.1 +h1\n$/);
    expect(await provisioning('server show h1 --infra dev --drift')).toMatchObject({ code: 0 });
    expect(on('id -nG shop; getent passwd shop | cut -d: -f7; cat /home/shop/.ssh/authorized_keys')).toBe(
      `shop adm\n/bin/sh\n${key}\n`,
    );
    expect(on('sysctl -n net.ipv4.ip_default_ttl; tree --version; sudo -l -U shop')).toMatch(
      /^63\ntree [^]*NOPASSWD: ALL/,
    );
    expect(changes(await install('os', params))).toEqual([]);
    expect(changes(await install('os', { ...params, sysctl: { 'net.ipv4.ip_default_ttl': '62' } }))).toEqual([
      'sysctl net.ipv4.ip_default_ttl',
      'file /etc/sysctl.d/60-provisioning.conf',
    ]);
    const unknown = await install('os', { ...params, sysctl: { 'net.ipv4.nosuch_of_ours': '1' } });
    expect(failureOf(unknown)?.message).toMatch(/h1: sysctl net\.ipv4\.nosuch_of_ours: /);
    expect(on('cat /etc/sysctl.d/60-provisioning.conf')).toBe('net.ipv4.ip_default_ttl = 62\n');
  });

  test('two members of etcd begin together, and are left alone by the second run', async () => {
    const pair = { servers: ['h1', 'h2'] };
    expect(await install('etcd', {}, pair)).toMatchObject({ code: 0 });
    const pki = '/etc/etcd/pki';
    const health = `ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key endpoint health --cluster 2>&1`;
    expect(on(`systemctl is-enabled etcd; ${health}`)).toMatch(/^enabled\n(?:.* is healthy.*\n){2}$/);
    expect(changes(await install('etcd', {}, pair))).toEqual([]);
    expect(changes(await install('etcd', { peer_port: 2390, heartbeat_ms: 200 }, pair))).toEqual(
      Array.from({ length: 2 }, () => [
        'step address among the members',
        'file /etc/default/etcd',
        'service etcd',
      ]).flat(),
    );
    expect(on(`tr '\\0' '\\n' </proc/$(systemctl show --property MainPID --value etcd)/environ`)).toContain(
      'ETCD_HEARTBEAT_INTERVAL=200',
    );
    expect(on(health)).toMatch(/^(?:.* is healthy.*\n){2}$/);
  });

  test('who is no more to have sudo has none, and kernel settings that nobody wants are in no file', async () => {
    const users = [
      { name: 'shop', sudo: true },
      { name: 'temp', sudo: true },
    ];
    await install('os', { users, sysctl: { 'net.ipv4.ip_default_ttl': '62' } });
    infra([{ name: 'os', servers: ['h1'], params: { users: [{ name: 'shop', sudo: false }] } }]);
    expect(await provisioning('taskserv create os --infra dev --check')).toMatchObject({ code: 7 });
    expect(changes(await install('os', { users: [{ name: 'shop', sudo: false }] }))).toEqual([
      'no-file /etc/sudoers.d/provisioning-shop',
      'no-file /etc/sudoers.d/provisioning-temp',
      'no-file /etc/sysctl.d/60-provisioning.conf',
    ]);
    expect(on('sudo -l -U shop; sudo -l -U temp')).not.toContain('NOPASSWD');
    expect(changes(await install('os', {}))).toEqual([]);
  });

  test('keys of a user whom the host has already go where sshd reads them', async () => {
    on('useradd --home-dir /srv/keeper --create-home --no-user-group --gid users keeper');
    const params = { users: [{ name: 'keeper', authorized_keys: ['ssh-ed25519 AAAA keeper'] }] };
    expect(changes(await install('os', params))).toEqual([
      'folder /srv/keeper/.ssh',
      'file /srv/keeper/.ssh/authorized_keys',
    ]);
    expect(on('cd /srv/keeper/.ssh; stat -c "%a %U:%G" . *; cat *; ls -d /home/keeper || echo none')).toBe(
      '700 keeper:users\n600 keeper:users\nssh-ed25519 AAAA keeper\nnone\n',
    );
    expect(changes(await install('os', params))).toEqual([]);
    expect(failureOf(await install('os', { users: [{ name: 'nobody', authorized_keys: [] }] }))?.message).toContain(
      'h1: folder /nonexistent/.ssh: the home of nobody is not there',
    );
  });

  test('the login by which a host is reached keeps its key, its shell and its sudo', async () => {
    const key = readFileSync(`${hosts.key}.pub`, 'utf8').trim();
    const root = (more: object) => install('os', { users: [{ name: 'root', ...more }] });
    const before = on('getent passwd root; cat /root/.ssh/authorized_keys');
    const locked = failureOf(await root({ authorized_keys: ['ssh-ed25519 AAAA x'] }));
    expect(locked?.message).toBe('root is the login by which h1 is reached, and none of its authorized_keys is ours');
    expect(locked?.hint).toContain(key.split(' ').slice(0, 2).join(' '));
    expect(failureOf(await root({ shell: '/usr/sbin/nologin' }))?.message).toContain('could not log in any more');
    expect(on('getent passwd root; cat /root/.ssh/authorized_keys')).toBe(before);
    expect(await root({ authorized_keys: ['ssh-ed25519 AAAA x', key] })).toMatchObject({ code: 0 });
    on('mv /etc/sudoers.d/admin /etc/sudoers.d/provisioning-admin');
    const { address } = hosts.host(1);
    const admin = { name: 'adm', provider: 'ssh', params: { address, user: 'admin', identity: hosts.key } };
    home.write('infra/admin.json', JSON.stringify({ servers: [admin], taskservs: [{ name: 'os' }] }));
    await provisioning('server create --infra admin --direct');
    const poor = await provisioning('taskserv create os --infra admin --direct --json');
    expect(failureOf(poor)?.message).toMatch(/provisioning-admin: admin, by whom .*; it is there again$/);
    expect(on('runuser -u admin -- sudo -n id -un; mv /etc/sudoers.d/provisioning-admin /etc/sudoers.d/admin')).toBe(
      'root\n',
    );
  });

  test('links that a user puts into its home lead nowhere', async () => {
    const joe = { users: [{ name: 'joe', authorized_keys: ['ssh-ed25519 AAAA joe'] }] };
    await install('os', joe);
    const etc = () => on('stat -c "%a %U" /etc; ls -A /etc | sort');
    const before = etc();
    on('cd /home/joe; runuser -u joe -- sh -c "mv .ssh old; ln -s /etc .ssh; ln -s /etc way"');
    expect(failureOf(await install('os', joe))?.message).toMatch(/folder \/home\/joe\/.ssh: is a link to \/etc/);
    // Whatever joe exchanges for a link at the last moment: it is done with no more rights than joe's.
    const way = await installOwn('(file /home/joe/way/canary x --owner joe:joe)');
    expect(failureOf(way)?.message).toMatch(/file \/home\/joe\/way\/canary: .*Permission denied/);
    expect(failureOf(await installOwn('(no-file /home/joe/way/hostname)'))?.message).toContain('Permission denied');
    expect(failureOf(await installOwn('(link /home/joe/way/canary /bin/sh)'))?.message).toContain('Permission denied');
    const ours = await installOwn('(file /home/joe/canary x --secret)');
    expect(failureOf(ours)?.message).toMatch(/file \/home\/joe\/canary: .* joe's/);
    expect(etc()).toBe(before);
    // What has been there as root's is theirs afterwards, and what a link leads to is left as it is.
    on('cd /home/joe; rm .ssh; mv old .ssh; ln -sf /etc/shadow .ssh/authorized_keys');
    expect(changes(await install('os', joe))).toEqual(['file /home/joe/.ssh/authorized_keys']);
    on('chown root:root /home/joe/.ssh/authorized_keys');
    expect(changes(await install('os', joe))).toEqual(['file /home/joe/.ssh/authorized_keys']);
    expect(on('stat -c "%a %U:%G %F" /home/joe/.ssh/authorized_keys')).toBe('600 joe:joe regular file\n');
  });

  /** A taskserv of the workspace's own, which writes what it is given and wants somebody to listen. */
  const own = (systems = ['debian-12']) => {
    const manifest = [
      'name = "own"',
      `systems = ${JSON.stringify(systems)}`,
      'dependencies = []',
      '[params.text]\ntype = "string"\ndefault = ""',
      '[params.port]\ntype = "integer"\ndefault = 22',
      '[params.path]\ntype = "string"\ndefault = ""',
      '[params.nginx]\ntype = "boolean"\ndefault = false',
      '[health]\ndeadline = 1\nservice = "nginx"\nlogs = ["/etc/own.log"]',
    ];
    home.write('taskservs/own/manifest.toml', manifest.join('\n'));
    home.write(
      'taskservs/own/taskserv.nu',
      `use lib/resources.nu [command-check file http-check service step tcp-check]
export def configure [context: record, host: record] {
  let text = $context.params.text
  [...(if $context.params.nginx { [(service nginx)] } else { [] }) (file /etc/own $text) (file /etc/own.log "the last words\n") (step "copy" '[ "$(cat /etc/own.copy 2>/dev/null)" = "$1" ]' 'printf %s "$1" >/etc/own.copy' $text)]
}
export def health [context: record, host: record] { [(if $context.params.path == "" { tcp-check $context.params.port } else { http-check $context.params.port $context.params.path }) (command-check "own text" '[ "$(cat /etc/own)" = "$1" ]' $context.params.text)] }
export def remove [context: record, host: record] { [] }
`,
    );
  };

  test('a text gets to the host as it is, byte by byte', async () => {
    own();
    const text = `${HOSTILE}\té 🙂`;
    const ran = await install('own', { text });
    expect(ran.stdout).toContain('"completed"');
    expect(on('cat /etc/own')).toBe(text);
    expect(on('cat /etc/own.copy')).toBe(text);
    expect(changes(await install('own', { text }))).toEqual([]);
  });

  test('what does not serve in time has failed, with the reason and the last lines of its log', async () => {
    own();
    const ran = await install('own', { port: 47 });
    expect(ran.code).toBe(1);
    expect(failureOf(ran)?.message).toContain('h1: health tcp://127.0.0.1:47: nothing listens there (for 1 s)');
    expect(failureOf(ran)?.hint).toContain('the last words');
  });

  test('a service whose port is another one’s has failed, and is started again by the next attempt', async () => {
    await install('nginx', { port: 8083 });
    own();
    const ran = await install('own', { nginx: true });
    expect(failureOf(ran)?.message).toMatch(
      /h1: health tcp:\/\/127.0.0.1:22: port 22 is held by another one: .*sshd \(pid \d+\).* \(for 1 s\)$/,
    );
    infra([{ name: 'own', servers: ['h1'], params: { nginx: true, port: 8083 } }]);
    expect(await provisioning('taskserv create own --infra dev --check')).toMatchObject({ code: 7 });
    expect(changes(await install('own', { nginx: true, port: 8083 }))).toEqual(['service nginx']);
    expect(changes(await install('own', { nginx: true, port: 8083 }))).toEqual([]);
  });

  test('an answer with another status than 200 is none', async () => {
    own();
    expect(failureOf(await install('own', { nginx: true, port: 8083, path: '/missing' }))?.message).toContain(
      'h1: health http://127.0.0.1:8083/missing: HTTP status 404, not 200 (for 1 s)',
    );
    expect(await install('own', { nginx: true, port: 8083, path: '/' })).toMatchObject({ code: 0 });
  });

  test('the log that is shown is that of the service which the manifest names', async () => {
    await install('nginx', { port: 8083 });
    const ran = await installOwn('(service nginx) (service ssh)', '(command-check "never" "false")');
    expect(failureOf(ran)?.message).toContain('health never');
    expect(failureOf(ran)?.hint).toMatch(/Started nginx.service/);
    expect(failureOf(ran)?.hint).not.toMatch(/sshd?\b/);
  });

  test('what commands say is kept apart where two taskservs work on a host, and gone afterwards', async () => {
    const speaks =
      'touch /run/in-gate; for i in $(seq 500); do echo "error: WORDS OF ANOTHER"; done; test -e /run/left';
    ownModule('', `(command-check "speaks" '${speaks}')`, 60);
    infra([
      { name: 'own', servers: ['h1'] },
      { name: 'os', servers: ['h1'], params: { packages: ['no-such-package-of-ours'] } },
    ]);
    const speaking = provisioning('taskserv create own --infra dev --direct');
    on('until test -e /run/in-gate; do sleep 0.05; done');
    const failing = await provisioning('taskserv create os --infra dev --direct --json');
    expect(failureOf(failing)?.message).toMatch(/packages no-such-package-of-ours: E: Unable to locate package/);
    on('touch /run/left');
    expect(await speaking).toMatchObject({ code: 0 });
    expect(on('ls /run | grep provisioning')).toBe('provisioning.lock\n');
  });

  test('a service that does not stay up has failed, whatever it answered', async () => {
    own();
    on(
      `printf '%s\n' '[Unit]' StartLimitIntervalSec=0 '[Service]' 'ExecStart=/usr/bin/sleep 0.4' Restart=always RestartSec=0 '[Install]' WantedBy=multi-user.target >/etc/systemd/system/short.service; systemctl daemon-reload`,
    );
    home.write(
      'taskservs/own/taskserv.nu',
      `use lib/resources.nu [command-check service]
export def configure [context: record, host: record] { [(service short)] }
export def health [context: record, host: record] { [(command-check "always" 'true')] }
export def remove [context: record, host: record] { [] }
`,
    );
    expect(failureOf(await install('own'))?.message).toMatch(/health stays up: (it|short) is /);
    on('systemctl disable --quiet --now short');
  });

  test('what is cancelled or out of time begins nothing further on the host', async () => {
    own();
    home.write(
      'taskservs/own/taskserv.nu',
      `use lib/resources.nu step
export def configure [context: record, host: record] {
  [(step one 'false' 'touch /root/one; while [ ! -e /root/on ]; do sleep 0.1; done') (step two 'false' 'touch /root/two')]
}
export def health [context: record, host: record] { [] }
export def remove [context: record, host: record] { [] }
`,
    );
    const operations = [{ id: 'own', type: 'taskserv.create', timeout: 3, params: { name: 'own', servers: ['h1'] } }];
    home.write('late.json', JSON.stringify({ name: 'late', infra: 'dev', operations }));
    const ran = await provisioning('workflow run late.json');
    expect(ran.stdout).toContain('it did not end within 3 s and was stopped, with all its processes on this machine');
    on('ls /root/one && touch /root/on && flock /run/provisioning.lock true');
    expect(on('ls /root/two 2>&1 || true')).toContain('No such file');
  });

  test('a system that it does not know is refused before anything is touched', async () => {
    own(['plan9']);
    const before = checksum(hosts, hosts.host(1));
    const ran = await install('own');
    expect(ran.stdout).toMatch(/server h1 has debian-12, on which taskserv own does not run/);
    expect(checksum(hosts, hosts.host(1))).toBe(before);
  });

  test('a host that has become another system since is refused by itself', async () => {
    own();
    on('cp /etc/os-release /root/os-release; rm /etc/os-release; echo ID=plan9 >/etc/os-release');
    const ran = await install('own');
    on('cp /root/os-release /etc/os-release');
    expect(failureOf(ran)?.message).toContain('system plan9-: not supported: this taskserv knows debian-12');
  });

  test('a taskserv that needs another one says so', async () => {
    own();
    home.write('taskservs/own/manifest.toml', 'name = "own"\nsystems = ["debian"]\ndependencies = ["postgres-pool"]\n');
    const ran = await install('own');
    expect(failureOf(ran)?.message).toContain('taskserv own needs taskserv postgres-pool on h1');
  });

  test('a rollback takes a service off where its run brought it, and off nowhere else', async () => {
    await install('nginx', { port: 8085 });
    const web = { name: 'nginx', servers: ['h1', 'h2'], port: 8086 };
    const operations = [
      { id: 'web', type: 'taskserv.create', params: web },
      { id: 'no', type: 'command.run', dependencies: ['web'], params: { argv: ['false'] }, on_failure: 'rollback' },
    ];
    home.write('careful.json', JSON.stringify({ name: 'careful', infra: 'dev', rollback_enabled: true, operations }));
    const ran = await provisioning('workflow run careful.json');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('What stays as it is: web (changed what was there before the run).');
    expect(on('curl -s http://127.0.0.1:8086/')).toContain('<title>h1');
    expect(hosts.ssh(hosts.host(2), 'command -v nginx || echo gone')).toBe('gone\n');
    const shown = await provisioning('taskserv show nginx --infra dev --json');
    expect(shown.json()).toMatchObject([{ definition: { servers: ['h1'] } }]);
  });

  test('removing takes the service away, and twice is no error', async () => {
    infra([{ name: 'nginx', servers: ['h1'] }]);
    const removed = await provisioning('taskserv delete nginx --infra dev --yes --direct --json');
    expect(removed.json<RunDocument>().tasks[0]?.message).toBe('Taskserv nginx deleted from h1');
    expect(on('command -v nginx || echo gone; ls /var/www/provisioning')).toBe('gone\nindex.html\n');
    const again = await provisioning('taskserv delete nginx --infra dev --yes --direct --json');
    expect(again.json<RunDocument>().tasks[0]?.message).toBe('Taskserv nginx is absent already');
  });

  test('the page about taskservs works as printed', { timeout: 300_000 }, async () => {
    const page = (pages.get('taskservs.md') ?? '').replace(
      'address = "10.0.0.12"',
      `address = "${hosts.host(2).address}", identity = "${hosts.key}"`,
    );
    for (const block of blocksOf(page)) {
      if (block.file !== '') home.write(block.file.replace('infra/dev', 'infra/page'), block.body);
      else
        for (const { command, exit } of linesOf(block)) {
          const { code, output } = await bash(home, command.replaceAll('infra dev', 'infra page'));
          expect({ command, code, output }).toMatchObject({ code: exit });
        }
    }
    expect(hosts.ssh(hosts.host(2), 'cat /etc/motd')).toBe('web-1: ask before you change anything\n');
  });

  test('a service that cannot run in a folder of this machine is refused by name', async () => {
    await provisioning('server create here --infra folders --provider local --direct');
    const ran = await provisioning('taskserv create nginx --servers here --infra folders --direct --json');
    expect(failureOf(ran)?.message).toContain('server here is of the provider local');
  });
});
