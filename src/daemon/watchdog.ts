import { Worker } from 'node:worker_threads';
import { thread } from './watchdog-thread.ts';
import type { WatchdogOrder } from './watchdog-thread.ts';

export type WatchdogTimes = Pick<WatchdogOrder, 'periodMs' | 'logAfterMs' | 'endAfterMs'>;

const TIMES: WatchdogTimes = { periodMs: 5000, logAfterMs: 10_000, endAfterMs: 60_000 };

/**
 * Ends a process that does not come round any more: it holds the right to run, and answers nobody. Its tasks live on,
 * and the next orchestrator takes them over. Returns how to give that up.
 */
export function startWatchdog(log: string, times: WatchdogTimes = TIMES): () => void {
  const cells = new SharedArrayBuffer(8);
  const state = new Int32Array(cells);
  const order: WatchdogOrder = { cells, log, ...times };
  const worker = new Worker(`(${thread.toString()})()`, {
    eval: true,
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  const beat = (): void => void Atomics.add(state, 0, 1);
  const heart = setInterval(beat, times.periodMs).unref();
  return () => {
    clearInterval(heart);
    Atomics.store(state, 1, 1);
    Atomics.notify(state, 1);
  };
}
