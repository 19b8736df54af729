import { heldFailure } from '../api/restored.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { FinishedRun, Leftovers } from '../ports/leftovers.ts';
import { beyond } from '../workflow/retention.ts';
import type { Keep } from '../workflow/retention.ts';
import { elsewhere } from './elsewhere.ts';
import type { Services } from './services.ts';

/** What was removed, or would be. */
export interface Removed {
  readonly dryRun: boolean;
  /** In the order in which they ended. */
  readonly runs: readonly FinishedRun[];
  readonly folders: number;
  readonly bytes: number;
  readonly locks: number;
}

export interface Wish {
  readonly keep: Keep;
  readonly dryRun: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Forgets old runs and sweeps up after them and after engines that died. Works with an orchestrator and without. */
export async function collectGarbage(services: Services, wish: Wish): Promise<Result<Removed, Failure>> {
  if (services.configuration.settings.orchestrator.endpoint !== null) {
    const client = await services.client();
    if (!client.ok) return client;
    if (client.value.kind === 'remote') return err(elsewhere('gc'));
  }
  const restored = (await services.storeState()).restored();
  if (restored !== undefined) return err(heldFailure(restored));
  const opened = await services.leftovers();
  if (!opened.ok) return opened;
  if (opened.value === undefined) return ok({ dryRun: wish.dryRun, runs: [], folders: 0, bytes: 0, locks: 0 });
  try {
    return ok(sweep(opened.value, wish));
  } finally {
    opened.value.close();
  }
}

/** Rows first: what is interrupted leaves folders without a record, and those are what the next one looks for. */
function sweep(leftovers: Leftovers, { keep, dryRun, now }: Wish): Removed {
  const chosen = beyond(leftovers.finished(), keep, now);
  const ids = chosen.map(({ id }) => id);
  const gone = new Set(dryRun ? ids : leftovers.forget(ids));
  const folders = leftovers.folders(ids.filter((id) => gone.has(id)));
  let bytes = 0;
  for (const folder of folders) {
    bytes += leftovers.sizeOf(folder);
    if (!dryRun) leftovers.remove(folder);
  }
  const locks = leftovers.deadOwners().filter((owner) => dryRun || leftovers.removeLock(owner)).length;
  return { dryRun, runs: chosen.filter(({ id }) => gone.has(id)), folders: folders.length, bytes, locks };
}
