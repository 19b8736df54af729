import type { Host } from './host.ts';

/** Whether runs are queued, running or waiting for a time. Those that wait for a person do not count. */
export function hasWork({ engine, condition }: Pick<Host, 'engine' | 'condition'>): boolean {
  const stats = engine.stats();
  return condition.isHeld ? stats.running_tasks > 0 : Object.values(stats).some((count) => count > 0);
}
