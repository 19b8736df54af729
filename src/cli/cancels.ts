import type { Engine } from '../engine/engine.ts';
import type { Store } from '../ports/store.ts';

const LOOK_MS = 250;

/**
 * Another process that wants a run of ours cancelled, or waits for one in a task of ours, leaves a note in the store: it
 * is looked for until the returned function is called.
 */
export function passOnCancels(store: Store, engine: Engine, owner: string): () => void {
  const told = new Set<string>();
  const look = (): void => {
    engine.heed();
    for (const run of store.unfinished()) {
      if (run.cancelRequested === null) told.delete(run.id);
      if (run.owner !== owner || run.cancelRequested === null || told.has(run.id)) continue;
      told.add(run.id);
      engine.cancel(run.id, run.cancelRequested);
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
