import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import type { Host, Hosts } from './hosts.ts';

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

/** Looks at all processes of this machine, those of its test hosts among them, until it is stopped. */
export function watchProcesses(needle: string): { readonly stop: () => readonly string[] } {
  const found = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc')) if (/^\d+$/.test(pid)) look(pid, needle, found);
  }, 15);
  return {
    stop: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}

/** Arguments of every process; the environment too of those on a host. */
function look(pid: string, needle: string, found: Set<string>): void {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (line.includes(needle)) found.add(`arguments of ${line.slice(0, 80)}`);
    const isOnHost = readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt');
    if (isOnHost && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(needle))
      found.add(`environment of ${line.slice(0, 80)}`);
  } catch {
    // It has ended meanwhile.
  }
}
