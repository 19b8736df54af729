import { setTimeout as delay } from 'node:timers/promises';
import { isDenied } from '../../config/denied.ts';
import { isDiskFull } from '../../domain/disk-full.ts';
import { whenFilesOpen } from './descriptors.ts';
import { claimOf, revoke } from './trace.ts';
import { sessionLives, treeOf } from './tree.ts';

const LOOK_AGAIN_MS = 25;
/** A look takes one process after the other: what begins meanwhile can pass it by. */
const EMPTY_LOOKS = 2;

/**
 * TERM to the whole tree, KILL after `graceMs` to what is left. Resolves when nothing is left, and nothing can begin any more:
 * whether there was anything. Also what had not begun is looked for: a task can remove the claim that says so.
 */
export async function killTree(attempt: { folder: string; marker: string }, graceMs: number): Promise<boolean> {
  const wasOpen = await whenFilesOpen(() => revokeIfPossible(attempt.folder));
  const deadline = Date.now() + graceMs;
  const group = groupOf(attempt);
  const first = await whenFilesOpen(() => livingOf(attempt));
  if (first.length === 0 && wasOpen) return false;
  signal(first, 'SIGTERM');
  for (let empty = 0; empty < EMPTY_LOOKS; await delay(LOOK_AGAIN_MS)) {
    const isOver = Date.now() >= deadline;
    const left = await whenFilesOpen(() => livingOf(attempt));
    if (isOver) signal([...group, ...left], 'SIGKILL');
    // The dead whom nobody buries make a group, too: they are waited for no longer than the living.
    empty = left.length === 0 && (isOver || !group.some(exists)) ? empty + 1 : 0;
  }
  return first.length > 0;
}

/** On a full disk there may be no room for it, and a folder may be closed to us; a shim can claim nothing there either. */
function revokeIfPossible(folder: string): boolean {
  try {
    return revoke(folder);
  } catch (error) {
    if (isDiskFull(error) || isDenied(error)) return false;
    throw error;
  }
}

/** The process group that the shim has made. It can be asked and killed at once: who forks is always ahead of a look. */
function groupOf({ folder }: { folder: string }): number[] {
  const claim = claimOf(folder);
  return claim !== undefined && sessionLives(claim) ? [-claim.pid] : [];
}

/** Its processes that are there now. */
export const livingOf = (attempt: { folder: string; marker: string }): number[] =>
  treeOf({ ...attempt, claim: claimOf(attempt.folder) });

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself between the look and the signal, or is not ours to end; the next look tells.
    }
}
