import { readFileSync, readdirSync } from 'node:fs';

/**
 * Launchers that live and whose shell stands below this folder: a test gives each of its engines one that is known by its
 * name, because a launcher has nothing else to be known by. It was started without a word besides.
 */
export const launchersOf = (root: string): number[] =>
  pids().filter((pid) => {
    const words = text(`/proc/${pid}/cmdline`).split('\0');
    return words.length === 2 && words[0]?.startsWith(`${root}/`) === true && !isDead(pid);
  });

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
