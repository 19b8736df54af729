import type { Engine } from '../engine/engine.ts';
import type { Services } from './services.ts';

/** `task_id` of the task in whose process tree this command runs. */
export const parentTask = ({ configuration }: Pick<Services, 'configuration'>): string | undefined =>
  configuration.environment.variables['PROVISIONING_TASK_ID'];

/** Whether that task is an orchestrator's: it has told the task where it is. */
export const isOrchestratorsTask = (variables: Readonly<Record<string, string | undefined>>): boolean =>
  variables['PROVISIONING_TASK_ID'] !== undefined && variables['PROVISIONING_SOCKET'] !== undefined;

/**
 * Looks on until a run has ended. If this command runs in a task that submitted the run, that task waits: it lets its
 * slot go and lends what it holds, and this resolves when it has its slot back. `work` says whether the run has ended;
 * `engine` is one of this process, where there is one.
 */
export async function waitingFor<T>(
  services: Services,
  { child, engine }: { readonly child: string; readonly engine?: Engine | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const task = parentTask(services);
  if (task === undefined) return work();
  const over = new AbortController();
  const waiting = wait(services, { task, child, engine, signal: over.signal });
  // Awaited below; until then, a failure must not end the process.
  waiting.catch(() => undefined);
  try {
    const done = await work();
    if (await hasEnded(services, child)) await waiting;
    return done;
  } finally {
    over.abort();
    await waiting;
  }
}

interface Wait {
  readonly task: string;
  readonly child: string;
  readonly engine: Engine | undefined;
  readonly signal: AbortSignal;
}

/** A run that the task cannot wait for, because another one submitted it, is looked at all the same. */
async function wait(services: Services, { task, child, engine, signal }: Wait): Promise<void> {
  if (isOrchestratorsTask(services.configuration.environment.variables)) {
    const client = await services.client();
    if (client.ok) await client.value.wait(task, child, signal);
    return;
  }
  if (engine !== undefined) return void (await engine.wait(task, child, signal));
  const opened = await services.foreground({ passive: true });
  if (!opened.ok) return;
  await opened.value.engine.wait(task, child, signal);
  await opened.value.close();
}

async function hasEnded(services: Services, child: string): Promise<boolean> {
  const run = await (await services.reads()).run(child);
  return run.ok && run.value.finished_at !== null;
}
