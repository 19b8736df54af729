import { LAUNCHER_NAME } from '../../src/adapters/process/launch-line.ts';
import { isDead, pids, statusOf, text } from './processes.ts';

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
