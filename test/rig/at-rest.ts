import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** After 5 s of rest an orchestrator collects its garbage once, with all its threads, when it looks around next: every 5 s. */
export const UNTIL_REST_MS = 11_000;
const WINDOW_MS = 10_000;
const WINDOWS = 6;

/** What a process costs in ten seconds. */
export interface Cost {
  /** How often its threads went to sleep by themselves, which is how often they were woken. */
  readonly woken: number;
  /** Processor time, of which there are a hundred ticks in a second. */
  readonly ticks: number;
}

/**
 * What it costs in ten seconds of rest. A timer that was left behind costs in every ten seconds; garbage that is collected
 * late and pages that a busy machine has taken away do not. So the first time below the limits counts, or else the last.
 */
export async function costAtRest(pid: number, limit: Cost): Promise<Cost> {
  await pause(UNTIL_REST_MS);
  for (let window = 1; ; window += 1) {
    const before = { woken: wakeUps(pid), ticks: ticks(pid) };
    await pause(WINDOW_MS);
    const cost = { woken: wakeUps(pid) - before.woken, ticks: ticks(pid) - before.ticks };
    if ((cost.woken < limit.woken && cost.ticks < limit.ticks) || window === WINDOWS) return cost;
  }
}

function wakeUps(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
    .map((status) => /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1])
    .reduce((sum, count) => sum + Number(count), 0);
}

function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
