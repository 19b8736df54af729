import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LauncherOptions } from '../../src/adapters/process/launcher.ts';
import { createFailpoint } from '../../src/adapters/system/failpoint.ts';
import { pathsOf } from '../../src/config/data-paths.ts';
import { readFailpoint } from '../../src/config/failpoint.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { hostEngine, submission } from './engine.ts';

/** What a process is told that hosts the real engine on the real store, so that a test can kill it. */
export interface Orders {
  readonly dataDir: string;
  readonly boot?: string | undefined;
  readonly maxConcurrentTasks?: number;
  readonly launchers?: LauncherOptions | undefined;
  readonly runs: readonly {
    readonly key: string;
    readonly operations: readonly Operation[];
    /** Not before something stands in this file. */
    readonly after?: string | undefined;
  }[];
}

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const armed = readFailpoint(process.env);
if (!armed.ok) throw new Error(armed.error.message);
const host = hostEngine(pathsOf(orders.dataDir), {
  ...orders,
  failpoint: createFailpoint(armed.value),
});
const { engine, reads } = host;
engine.recover();
for (const { key, operations, after } of orders.runs) {
  if (after !== undefined) await filled(after);
  const accepted = engine.submit(submission(operations, { key }));
  if (!accepted.ok) throw new Error(accepted.error.message);
  process.stdout.write(`${accepted.value.id}\n`);
}
const runs = await reads.runs();
if (!runs.ok) throw new Error(runs.error.message);
await Promise.all(runs.value.map((run) => engine.settled(run.workflow_id)));
await host.close();

/** A shell makes a file before it writes to it. */
async function filled(file: string): Promise<void> {
  while ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) await pause(2);
}
