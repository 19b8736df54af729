import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** Of util-linux. */
export const canLimit = existsSync('/usr/bin/prlimit');

/** From now on the process can open `more` files besides those that it has open. Returns how to undo that. */
export function leaveFiles(pid: number, more: number): () => void {
  const before = execFileSync('prlimit', ['--pid', `${pid}`, '--nofile', '--noheadings', '--output=SOFT'], {
    encoding: 'utf8',
  }).trim();
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  // A new one gets the lowest free number, which must be below the limit.
  let limit = 0;
  for (let free = 0; free <= more; limit++) if (!taken.has(limit)) free++;
  execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${limit - 1}:`]);
  return () => {
    execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${before}:`]);
  };
}
