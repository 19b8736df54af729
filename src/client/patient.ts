import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import type { Found } from './find.ts';
import type { Reach } from './reach.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

/** A shell that a task has left behind is told why its commands do nothing. */
const WAITING =
  'no orchestrator runs; a command in a task (PROVISIONING_SOCKET is set) starts none, but waits until somebody does';

/**
 * For commands in a task of an orchestrator: that one, or the next one, and none that they start themselves. Who stops
 * an orchestrator lets its tasks live on, and does not want them to start another; and one that was killed comes back
 * with the next command, to which the task is to have waited. It is the task's timeout that ends its patience.
 */
export function patient(reach: Reach, onWarning?: (text: string) => void): Reach {
  let isSaid = false;
  const ensure = async (): Promise<Result<Found, CallFailure>> => {
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      const found = await reach.running();
      const isGone = !found.ok && (found.error.reason === 'absent' || found.error.reason === 'broken');
      const isLeaving = found.ok && found.value.health.phase !== 'ready';
      if (!isGone && !isLeaving) return found;
      if (wait === LONGEST_PAUSE_MS && !isSaid) onWarning?.(WAITING);
      isSaid ||= wait === LONGEST_PAUSE_MS;
      await pause(wait);
    }
  };
  return { ...reach, ensure };
}
