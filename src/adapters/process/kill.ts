import { setTimeout as delay } from 'node:timers/promises';
import { claimOf, revoke } from './trace.ts';
import { treeOf } from './tree.ts';

const LOOK_AGAIN_MS = 25;

/** TERM to the whole tree, KILL after `graceMs` to what is left. Resolves when nothing is left. */
export async function killTree(attempt: { folder: string; marker: string }, graceMs: number): Promise<void> {
  if (revoke(attempt.folder)) return;
  const deadline = Date.now() + graceMs;
  const living = (): number[] => livingOf(attempt);
  signal(living(), 'SIGTERM');
  for (let left = living(); left.length > 0; left = living()) {
    if (Date.now() >= deadline) signal(left, 'SIGKILL');
    await delay(LOOK_AGAIN_MS);
  }
}

/** Its processes that are there now. */
export const livingOf = (attempt: { folder: string; marker: string }): number[] =>
  treeOf({ ...attempt, claim: claimOf(attempt.folder) });

function signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself between the look and the signal, or is not ours to end; the next look tells.
    }
}
