import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { makeHome } from '../rig/home.ts';
import type { Home } from '../rig/home.ts';
import { serverOf, untilListening } from '../rig/host-home.ts';
import { Hosts, hostsHere } from '../rig/hosts.ts';
import { closeHome } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';

const OPEN = ['8080/tcp'];

describe.skipIf(!hostsHere)('the firewall of a host, and the taskserv os', () => {
  let hosts: Hosts;
  let home: Home;
  const on = (command: string): string => hosts.ssh(hosts.host(1), command);
  const os = (...flags: readonly string[]) =>
    run(home, ['taskserv', 'create', 'os', '--infra', 'dev', '--direct', ...flags]);
  const changesOf = async () => {
    const [task] = (await os('--json')).json<RunDocument>().tasks;
    const servers = task?.result?.['servers'] as readonly { changes: readonly { kind: string; name: string }[] }[];
    return servers.flatMap(({ changes }) => changes.map(({ kind, name }) => `${kind} ${name}`));
  };
  /** What this machine gets from a port of the host: curl's exit code, 28 where it is not let in. */
  const reached = (seconds = 2): number | null =>
    spawnSync('curl', ['-s', '-o', '/dev/null', '-m', String(seconds), `http://${hosts.host(1).address}:8080/`]).status;

  beforeAll(async () => {
    hosts = Hosts.up(1);
    home = makeHome();
    const servers = hosts.hosts.map((host) => serverOf(hosts, host));
    const taskservs = [{ name: 'os', servers: ['h1'], params: { open: OPEN } }];
    home.write('infra/dev.json', JSON.stringify({ servers, taskservs }));
    on('apt-get update -qq && apt-get install -y -qq --no-install-recommends ufw nftables >/dev/null 2>&1');
    on(`setsid python3 -m http.server 8080 </dev/null >/dev/null 2>&1 & ${untilListening(8080)}`);
    const created = await run(home, ['server', 'create', '--infra', 'dev', '--direct']);
    if (created.code !== 0) throw new Error(created.stderr + created.stdout);
  });
  afterAll(async () => {
    hosts.down();
    await closeHome(home);
  });

  test('rules of nft that are somebody else’s stay as they are', async () => {
    on('nft add table inet own; nft "add chain inet own in { type filter hook input priority 0; }"');
    on('nft add rule inet own in tcp dport 8080 drop');
    const before = on('nft list ruleset');
    expect(await changesOf()).toEqual([]);
    expect(on('nft list ruleset')).toBe(before);
    expect(reached()).toBe(28);
    on('nft delete table inet own');
  });

  test('ufw lets in what is to be open, once, and nothing else', async () => {
    on('ufw allow 22/tcp && ufw --force enable');
    expect(reached()).toBe(28);
    expect(await os('--check')).toMatchObject({
      code: 7,
      stdout: expect.stringContaining('firewall 8080/tcp') as string,
    });
    expect(reached()).toBe(28);
    expect(await changesOf()).toEqual(['firewall 8080/tcp']);
    expect(reached(60)).toBe(0);
    expect(await changesOf()).toEqual([]);
    expect(on('ufw show added')).toBe(
      "Added user rules (see 'ufw status' for running firewall):\nufw allow 22/tcp\nufw allow 8080/tcp\n",
    );
  });
});
