import { readFileSync, readdirSync } from 'node:fs';

/** After 5 s of rest an orchestrator collects its garbage once, with all its threads, when it looks around next: every 5 s. */
export const UNTIL_REST_MS = 11_000;

/** Of all threads of a process: how often each went to sleep by itself, which is how often it was woken. */
export function wakeUps(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
    .map((status) => /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1])
    .reduce((sum, count) => sum + Number(count), 0);
}

/** Processor time in ticks, of which there are a hundred in a second. */
export function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
