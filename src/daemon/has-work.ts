import type { Engine } from '../engine/engine.ts';

/** Whether runs are queued, running or waiting for a time. */
export const hasWork = (engine: Pick<Engine, 'stats'>): boolean =>
  Object.values(engine.stats()).some((count) => count > 0);
