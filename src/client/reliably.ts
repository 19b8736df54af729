import { err } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import type { Door } from './exchange.ts';
import type { Reach } from './reach.ts';

/** Enough for an orchestrator that leaves just now and one that is killed just then. */
const TRIES = 4;

/**
 * Makes a call that may be made twice (it carries a key, or changes nothing) until there is an answer. One that got
 * lost is asked again. A failure is `not_accepted` only if that holds for every try.
 */
export async function reliably<T>(
  reach: Reach,
  attempt: (door: Door) => Promise<Result<T, CallFailure>>,
): Promise<Result<T, CallFailure>> {
  let doubt = false;
  for (let left = TRIES - 1; ; left -= 1) {
    const found = await reach.ensure();
    const answer = found.ok ? await attempt(found.value.door) : found;
    if (answer.ok) return answer;
    const { reason } = answer.error;
    if (!found.ok || left === 0 || !(await isWorthAsking(reach, answer.error)))
      return doubt && reason !== 'answered' ? err({ ...answer.error, proof: 'unclear' }) : answer;
    doubt ||= reason === 'broken';
  }
}

/** `try_later` is an answer, unless it only means that this orchestrator leaves and the next one may be asked. */
async function isWorthAsking(reach: Reach, { reason, code }: CallFailure): Promise<boolean> {
  if (reason === 'broken') return true;
  if (reach.kind === 'remote') return false;
  if (reason === 'absent') return true;
  if (code !== 'try_later') return false;
  const found = await reach.attach();
  return found.ok && found.value?.health.phase === 'draining';
}
