import { readFileSync, readdirSync } from 'node:fs';
import { LAUNCHER_NAME } from '../../src/adapters/process/launch-line.ts';

/**
 * Launchers that live and whose shell stands below this folder: a test gives each of its engines one that is known by its
 * name, because a launcher has nothing of its engine's to be known by.
 */
export function launchersOf(root: string): number[] {
  const named = pids().filter((pid) => {
    const [shell, , , name] = text(`/proc/${pid}/cmdline`).split('\0');
    return shell?.startsWith(`${root}/`) === true && name === LAUNCHER_NAME && !isDead(pid);
  });
  // What one has forked is called as it is until it is the next shim.
  return named.filter((pid) => !named.includes(Number(statusOf(pid, 'PPid'))));
}

/** What they keep ready, or have made the shim of an attempt. */
export const shimsOf = (launchers: readonly number[]): number[] =>
  pids().filter((pid) => launchers.includes(Number(statusOf(pid, 'PPid'))) && !isDead(pid));

export const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Of `/proc/PID/status`. */
export const statusOf = (pid: number, field: string): string =>
  new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(text(`/proc/${pid}/status`))?.[1] ?? '';

/** A zombie is. */
export const isDead = (pid: number): boolean => /^[ZX]/.test(statusOf(pid, 'State') || 'X');

/** Empty, where there is no such file or nothing in it. */
export function text(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
