import type { Host } from './host.ts';

/** Ends every run that this orchestrator owns. Resolves when they have ended, and that is durable. */
export async function cancelAll({ engine, ...host }: Host, reason: string): Promise<void> {
  const runs = host.ownRuns();
  for (const id of runs) engine.cancel(id, reason);
  await Promise.all(runs.map((id) => engine.settled(id)));
}
