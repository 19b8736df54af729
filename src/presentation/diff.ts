import type { RunDiff } from '../api/views.ts';
import { oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { durationText } from './time.ts';

/** Less is noise. */
const NOTABLE_PART = 0.2;
const NOTABLE_MS = 500;

/** What differs between two runs; of what is alike only how much it is. */
export function diffText({ runs, definition, tasks }: RunDiff, style: Style): string {
  const heads = runs.map(
    ({ workflow_id, name, status, duration_ms }, index) =>
      `${index === 0 ? '-' : '+'} ${workflow_id}  ${oneLine(name)}  ` +
      `${statusStyle(status, style)(status)}  ${duration_ms === null ? '' : durationText(duration_ms)}`.trimEnd() +
      '\n',
  );
  const shown = tasks.filter((task) => hasChanged(task) || isNotable(task.duration_ms));
  const alike = tasks.length - shown.length;
  const rows = shown.map(({ id, status, duration_ms }) => [id, change(status, style), timeChange(duration_ms)]);
  const parts = [
    heads.join(''),
    definition.length === 0 ? 'Both were asked to do the same.\n' : section('Asked to do', definition, style),
    shown.length === 0 ? '' : table(['TASK', 'STATUS', 'TIME'], rows, style),
    alike === 0 ? '' : `${alike} ${alike === 1 ? 'task' : 'tasks'} ended alike, in about the same time.\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

type Task = RunDiff['tasks'][number];

const hasChanged = ({ status: [before, after] }: Task): boolean => before !== after;

function isNotable([before, after]: Task['duration_ms']): boolean {
  if (before === null || after === null) return false;
  const difference = Math.abs(after - before);
  return difference >= NOTABLE_MS && difference >= before * NOTABLE_PART;
}

const section = (title: string, lines: readonly string[], style: Style): string =>
  `${style.bold(title)}:\n${lines.map((line) => `  ${oneLine(line)}\n`).join('')}`;

function change([before, after]: Task['status'], style: Style): { text: string; paint?: (text: string) => string } {
  if (before === after) return { text: before ?? '', paint: statusStyle(before ?? '', style) };
  return { text: `${before ?? 'not there'} → ${after ?? 'not there'}`, paint: statusStyle(after ?? '', style) };
}

function timeChange([before, after]: Task['duration_ms']): string {
  const shown = (milliseconds: number | null): string => (milliseconds === null ? '-' : durationText(milliseconds));
  if (before === null && after === null) return '';
  const percent =
    before === null || after === null || before === 0 ? '' : ` (${signed(((after - before) / before) * 100)} %)`;
  return `${shown(before)} → ${shown(after)}${percent}`;
}

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${Math.round(percent)}`;
