import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What tests ask of processes that are not their children, and how they end them. The numbers of all that there are. */
export const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Empty, where there is no such file or nothing in it: the process may end between two looks. */
export function text(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Of `/proc/PID/status`. */
export const statusOf = (pid: number, field: string): string =>
  new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(text(`/proc/${pid}/status`))?.[1] ?? '';

/**
 * Nothing of it can do or hold anything any more. What is left of it for its parent to read does not count, however long
 * that takes its time. The first thread may be gone while another, in the kernel still, keeps files open and locked.
 */
export const isDead = (pid: number): boolean =>
  /^[ZX]/.test(statusOf(pid, 'State') || 'X') && Number(statusOf(pid, 'Threads') || 0) <= 1;

/** Arguments, as on a command line. Empty for the dead. */
export const lineOf = (pid: number): string => text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

const LOOK_AGAIN_MS = 10;

/** Resolves when it is dead. */
export async function vanished(pid: number): Promise<void> {
  while (!isDead(pid)) await pause(LOOK_AGAIN_MS);
}

/** `kill -9` of what may be gone by now. */
export function kill(pid: number): void {
  // 0 is our own group, and what is below it others.
  if (!(pid > 0)) throw new Error(`${pid} is no process`);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself meanwhile.
  }
}

/** `kill -9`: resolves when it is dead, and its locks are free. One that waits for the disk dies when that answers. */
export async function killed(pid: number): Promise<void> {
  kill(pid);
  await vanished(pid);
}

/** SIGSTOP: resolves when all its threads stand. */
export async function stopped(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const stands = (thread: string): boolean => /^State:\s+T/m.test(text(`/proc/${pid}/task/${thread}/status`));
  while (!readdirSync(`/proc/${pid}/task`).every(stands)) await pause(LOOK_AGAIN_MS);
}
