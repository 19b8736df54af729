import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument, TaskDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { FREE, hostileCases } from '../rig/hostile.ts';
import { changedBy, serverOf, untilListening, watchProcesses } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';
import type { Ran } from '../rig/program.ts';

/** One of each, so that all run on one host. */
const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  containerd: {},
  etcd: {},
  haproxy: { port: 8080, backends: [{ server: 'h1', port: 8081 }] },
  nginx: { port: 8081 },
  os: {
    packages: ['tree'],
    users: [{ name: 'ops' }],
    sysctl: { 'net.ipv4.ip_default_ttl': '63' },
  },
  postgres: { databases: [{ name: 'shop' }] },
};
const NAMES = Object.keys(PARAMS);
const UNITS = ['containerd', 'etcd', 'haproxy', 'nginx', 'postgresql@15-main', 'ssh'];

const CANARY = `/tmp/canary-${process.pid}`;
const CASES = hostileCases(CANARY);
/** What of the password no quoting takes apart. */
const SECRET = `s3cret${process.pid}shipped`;
/** Is where a secret must not be: whoever looks for secrets has to see it. */
const CONTROL = `control${process.pid}shipped`;

describe.skipIf(!hostsHere)('every shipped taskserv on a fresh host', () => {
  let hosts: Hosts;
  let home: Home;
  const host = () => hosts.host(1);
  const on = (command: string): string => hosts.ssh(host(), command);
  const provisioning = (args: string, env = {}): Promise<Ran> => run(home, args.split(' '), { env });
  const infra = (taskservs: readonly object[]): string =>
    home.write('infra/dev.json', JSON.stringify({ servers: [serverOf(hosts, host())], taskservs }));
  const install = (
    name: string,
    params: object,
    { env = {}, ...more }: { env?: object; credentials?: object } = {},
  ) => {
    infra([{ name, params, ...more }]);
    return provisioning(`taskserv create ${name} --infra dev --direct --json`, env);
  };
  /** `KIND NAME` of each change, by taskserv. */
  const changesOf = (ran: Ran): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(ran.json<RunDocument>().tasks.map((task) => [task.id, changesIn(task)]));
  const changesIn = ({ result, failure }: TaskDocument): readonly string[] => {
    const servers = (result?.['servers'] ?? []) as readonly {
      changes: readonly { kind: string; name: string }[];
    }[];
    const changes = servers.flatMap((server) => server.changes.map(({ kind, name }) => `${kind} ${name}`));
    return failure === null || failure === undefined ? changes : [failure.message];
  };

  beforeAll(async () => {
    hosts = Hosts.up(1, 'systemd');
    home = makeHome();
    infra(NAMES.map((name) => ({ name, params: PARAMS[name] })));
    const created = await provisioning('server create --infra dev --direct');
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    await provisioning('orchestrator stop --now');
    hosts.down();
    await closeHome(home);
  });

  const every = (flags: string) => provisioning(`taskserv create ${NAMES.join(' ')} --infra dev --json ${flags}`);
  let shown: ReturnType<typeof changesOf>;

  test('looking first changes not one byte of it', async () => {
    expect(readdirSync(join(import.meta.dirname, '../../templates/taskservs'))).toEqual(
      [...NAMES, 'kubernetes'].toSorted((a, b) => a.localeCompare(b)),
    );
    const looked = await changedBy(hosts, host(), () => every('--check --diff'));
    expect([looked.result.code, looked.paths]).toEqual([7, []]);
    shown = changesOf(looked.result);
  });

  test('what was shown is what is then done, and nothing is left to do', async () => {
    const made = await every('--orchestrated --wait');
    const { etcd = [], nginx = [], ...others } = changesOf(made);
    expect([made.code, others]).toEqual([0, { ...shown, etcd: undefined, nginx: undefined }]);
    // Nobody can show a certificate before it is signed, nor look into what a package will bring.
    expect(etcd).toEqual(
      shown['etcd']?.map((one) => (one === 'step certificate' ? 'file /etc/etcd/pki/server.crt' : one)),
    );
    expect(nginx.filter((one) => one !== 'no-file /etc/nginx/sites-enabled/default')).toEqual(shown['nginx']);
    expect((await every('--check')).code).toBe(0);
    expect(on('ctr version')).toContain('Server:');
  });

  test('its disks are known', async () => {
    const [server] = (await provisioning('server show h1 --infra dev --json')).json<{ facts: { disks: object[] } }[]>();
    const disks = on('lsblk --bytes --nodeps --noheadings --output TYPE,NAME,SIZE | awk \'$1 == "disk" && $3 > 0\'');
    const known = disks
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/));
    expect(server?.facts.disks).toEqual(
      known
        .filter(([, name = '']) => !/^(zram|ram|loop)/.test(name))
        .map(([, name, bytes]) => ({
          name,
          size_mib: Math.floor(Number(bytes) / 2 ** 20),
        })),
    );
    expect(server?.facts.disks).not.toEqual([]);
  });

  const startedAt = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      UNITS.map((unit) => [unit, on(`systemctl show --property ActiveEnterTimestampMonotonic --value ${unit}`).trim()]),
    );

  test.each([
    ['postgres', { ...PARAMS['postgres'], settings: { max_connections: '40' } }, 'postgresql@15-main'],
    ['etcd', { heartbeat_ms: 150 }, 'etcd'],
    ['containerd', { systemd_cgroup: false }, 'containerd'],
  ])('a changed parameter of %s restarts just its service', async (name, params, unit) => {
    const before = startedAt();
    expect(Object.keys(changesOf(await install(name, params)))).toEqual([name]);
    const after = startedAt();
    expect(UNITS.filter((one) => after[one] !== before[one])).toEqual([unit]);
  });

  test('who holds a port that the manifest names is named, and the service not touched', async () => {
    const listen = 'use IO::Socket::INET; $s = IO::Socket::INET->new(LocalPort => 5544, Listen => 9) or die; sleep 600';
    on(`systemd-run --quiet --unit stranger perl -e '${listen}'; ${untilListening(5544)}`);
    const before = startedAt();
    const ran = await install('postgres', { ...PARAMS['postgres'], port: 5544 });
    expect(ran.json<RunDocument>().tasks[0]?.failure?.message).toMatch(
      /h1: service postgresql: port 5544 is held by another one: perl \(pid \d+\), so it was not touched/,
    );
    expect(startedAt()).toEqual(before);
    on('systemctl stop stranger');
  });

  test('what is no free text is refused with its field before the host is touched', async () => {
    const logins = () => on("journalctl --sync; journalctl --no-pager --unit ssh | grep -c 'Accepted publickey'");
    const before = Number(logins());
    for (const name of NAMES) {
      const one = CASES.find(
        ({ field }) => field.service === name && field.type === 'string' && !FREE.includes(field.name),
      );
      const ran = await install(name, one?.field.params(one.text) ?? {});
      expect([name, ran.code]).toEqual([name, 2]);
      const key = one?.field.name.split(/[ []/)[1] ?? '';
      expect(ran.json<RunDocument>().tasks[0]?.failure?.message).toContain(`taskserv ${name}: ${key}`);
    }
    const path = await install('nginx', { root: '/srv/../etc' });
    expect(path.json<RunDocument>().tasks[0]?.failure?.message).toContain('is not an absolute path of a host');
    expect(Number(logins())).toBe(before + 1);
  });

  /** Hostile text for a field, as far as it takes any. */
  const textsFor = (field: string, fits: (text: string) => boolean): readonly string[] => {
    const texts = CASES.filter(({ field: { name }, text }) => name === field && fits(text)).map(({ text }) => text);
    expect(texts, field).not.toEqual([]);
    tried.add(field);
    return texts;
  };
  const tried = new Set<string>();
  const sql = (query: string): readonly string[] =>
    on(`cd /; runuser -u postgres -- psql -XAtc "${query}"`).trim().split('\n');
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  const asHex = (what: string): string => `encode(convert_to(${what}, 'UTF8'), 'hex')`;

  test('free text of every field gets there as it is, is nothing but text, and a password is nowhere', async () => {
    const isShort = (text: string) => Buffer.byteLength(text) < 64;
    const names = textsFor('postgres users[].name', isShort);
    const databases = textsFor('postgres databases[].name', isShort);
    const owners = textsFor('postgres databases[].owner', isShort).toReversed();
    const settings = textsFor('postgres settings{}', (text) => !/\p{Cc}/u.test(text));
    const keys = textsFor('os users[].authorized_keys[]', (text) => /^ssh-[ -~]*$/.test(text));
    const [index = ''] = textsFor('nginx index', () => true);
    expect(tried).toEqual(new Set(FREE));

    const env = {
      SHIPPED_PASSWORD: `it's "${SECRET}" $(touch ${CANARY}) \\ %41 {{ 7 * 7 }}`,
    };
    const database = {
      users: names.map((name) => ({ name, password: 'PASSWORD' })),
      databases: databases.map((name, at) => ({ name, owner: owners[at] })),
      settings: Object.fromEntries(settings.map((text, at) => [`shop.text_${at}`, text])),
    };
    const asked = [
      ['postgres', database, { env, credentials: { PASSWORD: 'env:SHIPPED_PASSWORD' } }],
      ['os', { ...PARAMS['os'], users: [{ name: 'shop', authorized_keys: keys }] }, {}],
      ['nginx', { ...PARAMS['nginx'], index }, {}],
    ] as const;
    const watch = await watchProcesses(SECRET);
    for (const [name, params, more] of asked) {
      const made = await install(name, params, more);
      expect([made.code, made.json<RunDocument>().tasks[0]?.failure?.message]).toEqual([0, undefined]);
      expect(changesOf(await install(name, params, more))).toEqual({
        [name]: [],
      });
    }
    expect(await watch.stop()).toEqual([]);

    expect(sql(`SELECT ${asHex('rolname')} FROM pg_roles`)).toEqual(expect.arrayContaining(names.map(hex)));
    expect(sql(`SELECT ${asHex('datname')}, ${asHex('pg_get_userbyid(datdba)')} FROM pg_database`)).toEqual(
      expect.arrayContaining(databases.map((name, at) => `${hex(name)}|${hex(owners[at] ?? '')}`)),
    );
    for (const [at, text] of settings.entries())
      expect(sql(`SELECT ${asHex(`current_setting('shop.text_${at}')`)}`)).toEqual([hex(text)]);
    expect(on('cat /home/shop/.ssh/authorized_keys')).toBe(keys.map((key) => `${key}\n`).join(''));
    expect(on('cat /var/www/provisioning/index.html')).toBe(index);

    expect(on(`find / /run /tmp -xdev -name '*canary-*'`)).toBe('');
    expect(existsSync(CANARY)).toBe(false);
    const everywhere = `grep -rlaF --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev`;
    expect(on(`${everywhere} ${SECRET} / 2>/dev/null || true`)).toBe('');
    expect(spawnSync('grep', ['-rlaF', SECRET, home.root], { encoding: 'utf8' }).stdout).toBe('');
    const inJournal = (text: string) =>
      on(`journalctl --sync; journalctl --no-pager | grep -cF ${text} || true`).trim();
    on(`logger ${CONTROL}`);
    expect([inJournal(SECRET), inJournal(CONTROL)]).toEqual(['0', '1']);
  });
});
