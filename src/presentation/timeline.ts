import type { ShownRun } from '../api/views.ts';
import { cut } from './live/line.ts';
import type { Symbols } from './live/symbols.ts';
import { oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';
import { widthOf } from './table.ts';
import { durationText } from './time.ts';

export interface Room {
  readonly columns: number;
  /** Milliseconds since 1970: where what runs has come to. */
  readonly now: number;
}

const MAX_NAME = 30;
/** `12h 59m` and two blanks before it. */
const TIME = 9;

type Timeline = ShownRun['timeline'];

/** When each task ran, as bars on one line of time; those that the end waited for are marked. */
export function timelineText({ timeline, critical_path }: Drawn, { style, symbols }: Look, room: Room): string {
  const attempts = timeline.flatMap((task) => task.attempts);
  if (attempts.length === 0) return 'Nothing has begun yet.\n';
  const from = Math.min(...attempts.map(({ started_at }) => Date.parse(started_at)));
  const to = Math.max(
    ...attempts.map(({ finished_at }) => (finished_at === null ? room.now : Date.parse(finished_at))),
  );
  const names = Math.min(
    MAX_NAME,
    Math.floor(room.columns / 3),
    Math.max(...timeline.map(({ id }) => widthOf(oneLine(id)))),
  );
  const width = Math.max(10, room.columns - names - TIME - 6);
  const critical = new Set(critical_path);
  const scale = { from, span: Math.max(1, to - from), width, now: room.now };
  const lines = timeline.map((task) => {
    const name = cut(oneLine(task.id), names);
    const mark = critical.has(task.id) ? style.yellow('*') : ' ';
    const bar = barOf(task.attempts, scale, { style, symbols });
    const time = durationText(durationOf(task.attempts, room.now));
    return `${mark} ${style.bold(name)}${' '.repeat(names - widthOf(name))}  ${bar}  ${time}\n`;
  });
  const total = durationText(to - from);
  const axis = `  ${' '.repeat(names)}  ${style.dim(`0s${' '.repeat(Math.max(1, width - 2 - total.length))}${total}`)}\n`;
  return `${lines.join('')}${axis}${pathText(critical_path, timeline, room.now)}`;
}

interface Drawn {
  readonly timeline: Timeline;
  readonly critical_path: readonly string[];
}

interface Look {
  readonly style: Style;
  readonly symbols: Symbols;
}

interface Scale {
  readonly from: number;
  readonly span: number;
  readonly width: number;
  readonly now: number;
}

type Attempts = Timeline[number]['attempts'];

function barOf(attempts: Attempts, { from, span, width, now }: Scale, { style, symbols }: Look): string {
  const cells = Array.from({ length: width }, () => ' ');
  const at = (time: number): number => Math.floor(((time - from) / span) * width);
  for (const { status, started_at, finished_at } of attempts) {
    const start = Math.min(width - 1, at(Date.parse(started_at)));
    const end = Math.max(start + 1, at(finished_at === null ? now : Date.parse(finished_at)));
    const paint = statusStyle(status, style);
    const character = status === 'completed' || status === 'running' ? symbols.full : symbols.of[status];
    for (let cell = start; cell < Math.min(end, width); cell += 1) cells[cell] = paint(character);
  }
  return cells.join('');
}

const durationOf = (attempts: Attempts, now: number): number =>
  attempts.reduce((sum, { started_at, finished_at }) => {
    const end = finished_at === null ? now : Date.parse(finished_at);
    return sum + end - Date.parse(started_at);
  }, 0);

function pathText(path: readonly string[], timeline: Timeline, now: number): string {
  if (path.length === 0) return '';
  const durations = new Map(timeline.map(({ id, attempts }) => [id, durationOf(attempts, now)]));
  const parts = path.map((id) => `${oneLine(id)} ${durationText(durations.get(id) ?? 0)}`);
  const busy = path.reduce((sum, id) => sum + (durations.get(id) ?? 0), 0);
  return `\n* Critical path, ${durationText(busy)}: ${parts.join(' → ')}\n`;
}
