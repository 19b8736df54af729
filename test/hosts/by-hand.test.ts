import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { serverOf } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { run, start } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';

/** Hangs where a service is to take its files up; everything else goes to the real one. */
const HANGING = `#!/bin/sh
case " $* " in *" restart "*|*" reload "*|*" start "*) exec sleep 4712 ;; esac
case $0 in */systemctl) exec /usr/bin/systemctl "$@" ;; *) exec /usr/sbin/service "$@" ;; esac
`;
const NGINX = '/etc/nginx/conf.d/provisioning.conf';
const POSTGRES = '/etc/postgresql/15/main/conf.d/provisioning.conf';

interface Shipped {
  readonly unit: string;
  readonly params: Record<string, unknown>;
  /** Other parameters, and what the host says once the service works with them. */
  readonly next: Record<string, unknown>;
  readonly asks: string;
  readonly says: string;
}

const SHIPPED: Record<string, Shipped> = {
  nginx: {
    unit: 'nginx',
    params: { port: 8080 },
    next: { port: 8080, root: '/srv/next', index: 'the next one' },
    asks: 'curl -s http://127.0.0.1:8080/',
    says: 'the next one',
  },
  haproxy: {
    unit: 'haproxy',
    params: { port: 8090, mode: 'tcp', backends: [{ address: '127.0.0.1', port: 8080 }] },
    next: { port: 8091, mode: 'tcp', backends: [{ address: '127.0.0.1', port: 8080 }] },
    asks: "ss -Hltn 'sport = :8091' | wc -l",
    says: '1\n',
  },
  postgres: {
    unit: 'postgresql@15-main',
    params: { settings: { max_connections: '40' } },
    next: { settings: { max_connections: '41' } },
    asks: "cd /; runuser -u postgres -- psql -XAtc 'SHOW max_connections'",
    says: '41\n',
  },
  etcd: {
    unit: 'etcd',
    params: {},
    next: { heartbeat_ms: 150 },
    asks: "tr '\\0' '\\n' </proc/$(pgrep -x etcd)/environ | grep HEARTBEAT",
    says: 'ETCD_HEARTBEAT_INTERVAL=150\n',
  },
  containerd: {
    unit: 'containerd',
    params: {},
    next: { sandbox_image: 'registry.example/pause:9' },
    asks: '[ "$(stat -c %Y "/proc/$(pgrep -x containerd)")" -ge "$(stat -c %Y /etc/containerd/config.toml)" ] && echo newer',
    says: 'newer\n',
  },
};

describe.skipIf(!hostsHere).each(['systemd', 'plain'] as const)('services of a host, %s', (kind) => {
  let hosts: Hosts;
  let home: Home;
  // containerd is for systemd only.
  const names = Object.keys(SHIPPED).filter((name) => kind === 'systemd' || name !== 'containerd');
  const paramsOf = Object.fromEntries(Object.entries(SHIPPED).map(([name, { params }]) => [name, params]));

  beforeAll(async () => {
    hosts = Hosts.up(1, kind);
    home = makeHome();
    paramsOf['os'] = { users: [{ name: 'shop', shell: '/bin/sh' }], sysctl: { 'net.ipv4.ip_default_ttl': '63' } };
    infra();
    const created = await provisioning('server create --infra dev --direct');
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
    for (const name of [...names, 'os']) await installed(name);
  });
  afterAll(async () => {
    hosts.down();
    await closeHome(home);
  });

  const on = (command: string): string => hosts.ssh(hosts.host(1), command);
  const provisioning = (args: string): Promise<Ran> => run(home, args.split(' '));
  const infra = (): string =>
    home.write(
      'infra/dev.json',
      JSON.stringify({
        servers: [serverOf(hosts, hosts.host(1))],
        taskservs: Object.entries(paramsOf).map(([name, params]) => ({ name, servers: ['h1'], params })),
      }),
    );
  const create = (name: string) => `taskserv create ${name} --infra dev --direct --json`;
  /** What was changed, `KIND NAME` each. */
  const installed = async (name: string): Promise<readonly string[]> => {
    const ran = await provisioning(create(name));
    if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
    const servers = ran.json<RunDocument>().tasks[0]?.result?.['servers'];
    const all = servers as readonly { changes: readonly { kind: string; name: string }[] }[];
    return all.flatMap((server) => server.changes.map((change) => `${change.kind} ${change.name}`));
  };
  const drift = (name: string) => provisioning(`taskserv show ${name} --infra dev --drift`);

  test.each(names)(
    '%s, killed between its new files and its restart: the next attempt makes up for it, and looking says so',
    async (name) => {
      const { unit, next, asks, says } = SHIPPED[name] as Shipped;
      for (const program of ['systemctl', 'service'])
        writeFileSync(join(hosts.rootOf(hosts.host(1)), 'usr/local/sbin', program), HANGING, { mode: 0o755 });
      paramsOf[name] = next;
      infra();
      const running = start(home, create(name).split(' '));
      // The program first: it would take the end of what it waits for as a failure of the service.
      on(
        `until pgrep -fx 'sleep 4712' >/dev/null; do sleep 0.05; done; rm /usr/local/sbin/systemctl /usr/local/sbin/service
         pkill -9 -fx 'sh -s'; pkill -9 -fx 'sleep 4712'`,
      );
      expect((await running.ended).code).toBe(1);
      const shown = await provisioning(`taskserv create ${name} --infra dev --check`);
      expect([shown.code, shown.stdout]).toEqual([7, expect.stringMatching(/service \S+: to (restart|reload)/)]);
      expect(await installed(name)).toEqual([`service ${unit.replace(/@.*/, '')}`]);
      expect(on(asks)).toBe(says);
      expect(await installed(name)).toEqual([]);
    },
  );

  const ctl = (verb: string, unit: string, name: string): string =>
    kind === 'systemd'
      ? `systemctl ${verb} ${unit}`
      : verb === 'disable'
        ? `update-rc.d ${name} disable`
        : `service ${name} ${verb} >/dev/null`;
  const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -qq -y';

  const DAMAGES: readonly [string, string, string, RegExp][] = [
    ...names.map((name): [string, string, string, RegExp] => {
      const { unit } = SHIPPED[name] as Shipped;
      const service = unit.replace(/@.*/, '');
      return [name, 'is stopped', ctl('stop', unit, service), /service \S+: to start/];
    }),
    ['nginx', 'is disabled', ctl('disable', 'nginx', 'nginx'), /service nginx: to enable/],
    ['nginx', 'has another file', `echo '# mine' >>${NGINX}`, /file .*provisioning.conf: content[^]*-# mine/],
    ['nginx', 'has lost a file', `rm ${NGINX}`, /provisioning.conf: to be created/],
    ['nginx', 'has a file that everybody may write', `chmod 666 ${NGINX}`, /rights are 666 root:root, shall be 644/],
    ['nginx', 'is removed', `${apt} remove nginx >/dev/null`, /packages nginx: to install: nginx/],
    ['nginx', 'is purged', `${apt} purge nginx nginx-common >/dev/null`, /packages nginx: to install[^]*to be created/],
    ['haproxy', 'is removed', `${apt} remove haproxy >/dev/null`, /packages haproxy: to install/],
    ['postgres', 'has another setting', `echo 'max_connections = 9' >>${POSTGRES}`, /-max_connections = 9/],
    ['os', 'has lost a user', 'userdel shop', /user shop: to be created/],
    [
      'os',
      'has a user with another shell',
      'usermod --shell /bin/bash shop',
      /shell is \/bin\/bash, shall be \/bin\/sh/,
    ],
    ['os', 'has another kernel value', 'sysctl -qw net.ipv4.ip_default_ttl=61', /sysctl .*: is 61, shall be 63/],
  ];

  // What differs without systemd is how services are asked and enabled.
  test.each(DAMAGES.filter(([, how]) => kind === 'systemd' || /stopped|disabled/.test(how)))(
    '%s that %s by hand: --drift says so with exit code 7, and installing again mends it',
    async (name, _how, damage, says) => {
      expect((await drift(name)).code).toBe(0);
      on(damage);
      const shown = await drift(name);
      expect([shown.code, shown.stdout]).toEqual([7, expect.stringMatching(says)]);
      expect(await installed(name)).not.toEqual([]);
      expect((await drift(name)).code).toBe(0);
    },
  );

  test.skipIf(kind === 'plain')(
    'a service that runs and that somebody has masked is not said to be enabled',
    async () => {
      on('systemctl mask --quiet nginx');
      expect((await drift('nginx')).code).toBe(7);
      const ran = await provisioning(create('nginx'));
      expect(ran.json<RunDocument>().tasks[0]?.failure?.message).toMatch(/service nginx: cannot be enabled: .*masked/);
      on('systemctl unmask --quiet nginx');
      expect((await drift('nginx')).code).toBe(0);
    },
  );
});
