import { setTimeout as delay } from 'node:timers/promises';
import { isDiskFull } from '../../domain/disk-full.ts';
import { claimOf, revoke } from './trace.ts';
import { shimLives, treeOf } from './tree.ts';

const LOOK_AGAIN_MS = 25;
/** A look takes one process after the other: what forks meanwhile can pass it by, but hardly twice. */
const EMPTY_LOOKS = 2;

/**
 * TERM to the whole tree, KILL after `graceMs` to what is left. Resolves when nothing is left, and nothing can begin any more:
 * whether there was anything.
 * Also what had not begun is looked for: a task can remove the claim that says so.
 */
export async function killTree(attempt: { folder: string; marker: string }, graceMs: number): Promise<boolean> {
  const wasOpen = revokeIfRoom(attempt.folder);
  const deadline = Date.now() + graceMs;
  const living = (): number[] => livingOf(attempt);
  const first = living();
  if (first.length === 0 && wasOpen) return false;
  signal(first, 'SIGTERM');
  for (let empty = 0; empty < EMPTY_LOOKS; await delay(LOOK_AGAIN_MS)) {
    const left = living();
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length > 0 && Date.now() >= deadline) signal([...groupOf(attempt), ...left], 'SIGKILL');
  }
  return first.length > 0;
}

/** On a full disk there may be no room for it; a shim has none for its claim either. */
function revokeIfRoom(folder: string): boolean {
  try {
    return revoke(folder);
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  }
}

/** The process group that the shim has made, at once: one by one, those who fork could always be ahead. */
function groupOf({ folder }: { folder: string }): number[] {
  const claim = claimOf(folder);
  return claim !== undefined && shimLives(claim) ? [-claim.pid] : [];
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
