import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { elsewhere } from './elsewhere.ts';
import type { Services } from './services.ts';

/**
 * Lets work start again from a store that was restored from a backup: a person has looked. Resolves with whether it was held,
 * when the orchestrator, if one runs, has heard of it.
 */
export async function resumeStore(services: Services): Promise<Result<boolean, readonly Failure[]>> {
  const client = await services.client();
  if (!client.ok) return err([client.error]);
  if (client.value.kind === 'remote') return err([elsewhere('resume')]);
  const state = await services.storeState();
  const restored = state.restored();
  if (restored === undefined) return ok(false);
  if (!restored.done) return err([UNFINISHED]);
  state.lift(restored);
  await client.value.lookAgain();
  return ok(true);
}

const UNFINISHED = failure('try_later', 'the store is still being restored', {
  hint: 'First: provisioning orchestrator start',
});
