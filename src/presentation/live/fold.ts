import type { Picture, TaskView } from './picture.ts';
import { countsOf } from './waves.ts';
import type { Counts } from './waves.ts';

/** A part of the tree: neighbouring waves as one row, a task with up to one row of output, or what found no place. */
export type Folded =
  | { readonly kind: 'waves'; readonly first: number; readonly last: number; readonly counts: Counts }
  | { readonly kind: 'task'; readonly task: TaskView; readonly output: readonly string[] }
  | { readonly kind: 'hidden'; readonly counts: Counts };

/** What is worth a row of its own, what matters most first: what went wrong, the oldest of what runs, what waits to be tried again. */
function interesting({ tasks }: Picture): readonly TaskView[] {
  const all = [...tasks.values()].filter((task) => rank(task) < 3);
  return all.toSorted((a, b) => rank(a) - rank(b) || time(a) - time(b));
}

function rank({ status, reason }: TaskView): number {
  if (status === 'failed' || status === 'unknown') return 0;
  if (status === 'running') return 1;
  return status === 'pending' && reason !== null ? 2 : 3;
}

/** The newest of what failed, the longest of what runs. */
const time = ({ status, startedAt, finishedAt }: TaskView): number =>
  status === 'running' ? (startedAt ?? 0) : -(finishedAt ?? 0);

/**
 * The picture in at most `height` rows. Where they do not suffice, rows of output go first, then tasks from the least
 * important on; those are counted in a row of their own.
 */
export function fold(picture: Picture, outputs: ReadonlyMap<string, string>, height: number): readonly Folded[] {
  const tasks = interesting(picture);
  const byWave = new Map<number, TaskView[]>();
  for (const task of picture.tasks.values()) {
    const wave = byWave.get(task.wave);
    if (wave === undefined) byWave.set(task.wave, [task]);
    else wave.push(task);
  }
  const counts = Array.from({ length: picture.waves }, (_, wave) => countsOf(byWave.get(wave) ?? []));
  for (let shown = Math.min(tasks.length, height); shown > 0; shown -= 1)
    for (const spoken of [outputs, NOTHING]) {
      const parts = arrange(tasks, shown, { counts, outputs: spoken });
      if (rowsOf(parts) <= height) return parts;
    }
  return arrange(tasks, 0, { counts, outputs: NOTHING }).slice(0, Math.max(0, height));
}

const NOTHING: ReadonlyMap<string, string> = new Map();

interface Given {
  /** By wave. */
  readonly counts: readonly Counts[];
  readonly outputs: ReadonlyMap<string, string>;
}

function arrange(tasks: readonly TaskView[], shown: number, { counts, outputs }: Given): readonly Folded[] {
  const visible = new Map<number, TaskView[]>();
  for (const task of tasks.slice(0, shown)) visible.set(task.wave, [...(visible.get(task.wave) ?? []), task]);
  const parts: Folded[] = [];
  for (const [wave, own] of counts.entries()) {
    const before = parts.at(-1);
    const here = visible.get(wave);
    // The only wave there is says nothing that the heading does not.
    const isNeeded = counts.length > 1 || here === undefined;
    if (here === undefined && before?.kind === 'waves' && isAlike(before.counts, own))
      parts[parts.length - 1] = { ...before, last: wave, counts: sum(before.counts, own) };
    else if (isNeeded) parts.push({ kind: 'waves', first: wave, last: wave, counts: own });
    for (const task of here ?? []) {
      const said = task.status === 'running' ? outputs.get(task.id) : undefined;
      parts.push({ kind: 'task', task, output: said === undefined ? [] : [said] });
    }
  }
  const hidden = tasks.slice(shown);
  return hidden.length === 0 ? parts : [...parts, { kind: 'hidden', counts: countsOf(hidden) }];
}

/** Both have ended well, both have not begun, or neither: waves at work fold too once there is nothing to see of them. */
const isAlike = (a: Counts, b: Counts): boolean => stage(a) === stage(b);

function stage({ all, pending, completed, skipped, cancelled }: Counts): 'done' | 'waiting' | 'between' {
  if (pending === all) return 'waiting';
  return completed + skipped + cancelled === all ? 'done' : 'between';
}

const sum = (a: Counts, b: Counts): Counts => ({
  all: a.all + b.all,
  completed: a.completed + b.completed,
  failed: a.failed + b.failed,
  unknown: a.unknown + b.unknown,
  cancelled: a.cancelled + b.cancelled,
  skipped: a.skipped + b.skipped,
  running: a.running + b.running,
  pending: a.pending + b.pending,
});

const rowsOf = (parts: readonly Folded[]): number =>
  parts.reduce((rows, part) => rows + 1 + (part.kind === 'task' ? part.output.length : 0), 0);
