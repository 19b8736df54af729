import { setTimeout as pause } from 'node:timers/promises';
import { paths } from '../api/paths.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Reach } from './reach.ts';

/** One that answers "later" does so at once: its disk may be full. */
const AGAIN_MS = 250;

export interface Wait {
  readonly taskId: string;
  readonly child: string;
  readonly signal: AbortSignal;
}

/** One request that is answered when the wait is over. One that got lost is asked again: of the next orchestrator, too. */
export async function waitForChild(reach: Reach, { taskId, child, signal }: Wait): Promise<Result<null, CallFailure>> {
  const what = { method: 'POST', path: paths.wait(taskId), body: { workflow_id: child }, timeoutMs: null } as const;
  for (;;) {
    const found = await Promise.race([reach.ensure(), abortOf(signal)]);
    if (found === undefined) return ok(null);
    if (!found.ok) return found;
    const answer = await call(found.value.door, { ...what, signal });
    if (answer.ok || signal.aborted) return ok(null);
    const { reason, code } = answer.error;
    if (reason === 'answered' && code !== 'try_later') return answer;
    await pause(AGAIN_MS);
  }
}

const abortOf = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
