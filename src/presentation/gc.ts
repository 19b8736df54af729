import { oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { timeText } from './time.ts';

/** Fits what `dispatch/gc.ts` gives. */
interface Removed {
  readonly dryRun: boolean;
  readonly runs: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly finishedAt: number;
  }[];
  readonly folders: number;
  readonly bytes: number;
  readonly locks: number;
}

export const gcJson = ({ dryRun, runs, ...counts }: Removed) => ({
  dry_run: dryRun,
  runs: runs.map(({ id, name, status, finishedAt }) => ({
    workflow_id: id,
    name,
    status,
    finished_at: new Date(finishedAt).toISOString(),
  })),
  ...counts,
});

export function gcText(removed: Removed, style: Style): string {
  const { dryRun, runs, folders, bytes, locks } = removed;
  if (runs.length + folders + locks === 0) return 'Nothing to remove.\n';
  const rows = runs.map(({ id, name, status, finishedAt }) => [
    id,
    oneLine(name),
    { text: status, paint: statusStyle(status, style) },
    timeText(new Date(finishedAt).toISOString()),
  ]);
  const list = dryRun && rows.length > 0 ? `${table(['ID', 'NAME', 'STATUS', 'ENDED'], rows, style)}\n` : '';
  const parts = [count(runs.length, 'run'), `${count(folders, 'task folder')} (${sizeText(bytes)})`, lockText(locks)];
  return `${list}${dryRun ? 'Would remove' : 'Removed'} ${parts.join(', ')}.\n`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const lockText = (locks: number): string => count(locks, 'lock file');

const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
