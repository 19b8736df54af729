import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Home } from './home.ts';
import type { Host, Hosts } from './hosts.ts';
import { killed } from './processes.ts';

/** An entry of `servers` in an infra file, as Nickel and JSON alike. */
export const serverOf = (hosts: Hosts, host: Host, name = host.name): Record<string, unknown> => ({
  name,
  provider: 'ssh',
  params: { address: host.address, user: 'root', identity: hosts.key },
});

/** A list in Nickel of what JSON can say. */
export const nickel = (value: unknown): string => JSON.stringify(value).replaceAll(/"([a-z_]+)":/g, '$1 = ');

/** For a shell on a host: waits until somebody listens on a port, or nobody does any more. */
export const untilListening = (port: number): string => `until ${listeners(port)}; do sleep 0.05; done`;
export const untilFree = (port: number): string => `while ${listeners(port)}; do sleep 0.05; done`;
const listeners = (port: number): string => `ss -Hltn 'sport = :${port}' | grep -q .`;

/** What a host has on its disk, without what changes by itself. */
export const checksum = (hosts: Hosts, host: Host): string =>
  hosts.ssh(
    host,
    String.raw`find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run -o -path /var/log -o -path /var/lib/postgresql -o -path /var/lib/etcd -o -path /var/lib/systemd -o -path /var/lib/private \) -prune -o -printf '%p %m %u %g %y %s %T@\n' | sort | sha256sum; find /etc /var/lib/provisioning /usr/local -xdev -type f -exec sha256sum {} + 2>/dev/null | sort | sha256sum`,
  );

/** Content, owner, rights and times of all that a host has, by path; without what the kernel shows as files. */
export const filesOf = (hosts: Hosts, host: Host): ReadonlyMap<string, string> => {
  const places = String.raw`/ /run /tmp -xdev \( -path /proc -o -path /sys -o -path /dev \) -prune -o`;
  const list = `find ${places} -printf '%m %u %g %y %s %T@ %l\\t%p\\n'; find ${places} -type f -exec md5sum {} + | sed 's/  /\\tcontent of /'`;
  const lines = hosts.ssh(host, list).trimEnd().split('\n');
  return new Map(lines.map((line) => line.split('\t')).map(([what = '', path = '']) => [path, what]));
};

/** Paths that something has changed, made or removed on a host; without those that any login changes there (the journal). */
export async function changedBy<T>(hosts: Hosts, host: Host, work: () => Promise<T>) {
  const first = filesOf(hosts, host);
  const before = filesOf(hosts, host);
  const result = await work();
  const after = filesOf(hosts, host);
  const byLogins = new Set(differing(first, before));
  return { result, paths: differing(before, after).filter((path) => !byLogins.has(path)) };
}

const differing = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));

/** Looks at processes, here and on hosts, until it is stopped; then says in which it has seen a text. */
export async function watchProcesses(needle: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watch-processes.ts'), 'NEEDLE'], {
    env: { NEEDLE: needle },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const output = child.stdout.setEncoding('utf8');
  await once(output, 'data');
  return {
    stop: async (): Promise<readonly string[]> => {
      child.stdin.end();
      return JSON.parse(await text(output)) as readonly string[];
    },
  };
}

/** `kill -9` of the orchestrator of this home. */
export async function killOrchestrator({ dataDir }: Home): Promise<void> {
  await killed((JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8')) as { pid: number }).pid);
}
