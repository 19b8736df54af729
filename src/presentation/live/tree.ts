import { statusStyle } from '../style.ts';
import type { Style } from '../style.ts';
import { durationText } from '../time.ts';
import { fold } from './fold.ts';
import type { Folded } from './fold.ts';
import type { Size } from './frame.ts';
import { lineOf } from './line.ts';
import type { Line, Span } from './line.ts';
import type { Picture, TaskView } from './picture.ts';
import type { Symbols } from './symbols.ts';
import { countsOf, countsText, doneText } from './waves.ts';
import type { Counts } from './waves.ts';

export interface View {
  readonly picture: Picture;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds until its end, where earlier runs tell. */
  readonly remaining: number | undefined;
  /** Of running tasks, by operation: the last line that each has printed. */
  readonly outputs: ReadonlyMap<string, string>;
  /** What a reader should know and do: nobody attends, say. */
  readonly advice: readonly string[];
}

export interface Look {
  readonly style: Style;
  readonly symbols: Symbols;
}

/**
 * The run as rows that fit on the screen, one below them left for the cursor: what failed with its reason, what runs with
 * its progress and last line; what has ended and what waits is counted, wave by wave.
 */
export function tree(view: View, look: Look, size: Size): readonly Line[] {
  const height = heightIn(size);
  const tail = view.advice.map((text) => [{ text: '→ ', paint: look.style.cyan }, text]);
  const folded = fold(view.picture, view.outputs, Math.max(0, height - 1 - tail.length));
  const lines = [heading(view, look), ...folded.flatMap((part) => linesOf(part, view, look)), ...tail];
  return lines.slice(0, height).map((spans) => lineOf(spans, size.columns, look.symbols.ellipsis));
}

/**
 * Two thirds of the window: what a window that becomes lower pushes out at its top can never be taken back, and would
 * stay among what was printed before. Never more than there is beside the cursor's row, however low the window.
 */
const heightIn = ({ rows }: Size): number => Math.max(1, Math.min(rows - 1, Math.max(8, Math.floor((rows * 2) / 3))));

type Spans = readonly (Span | string)[];

function heading({ picture, now, remaining }: View, { style, symbols }: Look): Spans {
  const { status, startedAt, tasks, reason } = picture;
  const counts = countsOf(tasks.values());
  const elapsed = startedAt === null ? undefined : secondsText(now - startedAt);
  const left = remaining === 0 ? 'longer than before' : `about ${secondsText(remaining ?? 0)} left`;
  const eta = remaining === undefined || status !== 'running' ? undefined : left;
  const facts = [doneText(counts), elapsed, eta].filter((fact) => fact !== undefined);
  const why = reason === null || status === 'running' ? '' : `: ${reason}`;
  return [
    { text: picture.name, paint: style.bold },
    '  ',
    { text: `${status}${why}`, paint: statusStyle(status, style) },
    { text: `  ${facts.join(` ${symbols.dot} `)}`, paint: style.dim },
  ];
}

function linesOf(part: Folded, view: View, look: Look): readonly Spans[] {
  const { style } = look;
  switch (part.kind) {
    case 'waves':
      return [waveLine(part.first, part.last, part.counts, look)];
    case 'task':
      return [taskLine(part.task, view.now, look), ...part.output.map((text) => outputLine(text, look))];
    default:
      return [[{ text: `  ${look.symbols.ellipsis} ${countsText(part.counts)} more`, paint: style.dim }]];
  }
}

function waveLine(first: number, last: number, counts: Counts, { style, symbols }: Look): Spans {
  const name = first === last ? `wave ${first + 1}` : `waves ${first + 1}-${last + 1}`;
  const status = waveStatus(counts);
  const paint = statusStyle(status, style);
  return [{ text: symbols.of[status], paint }, ` ${name}  `, { text: countsText(counts), paint: style.dim }];
}

function waveStatus({ failed, unknown, running, pending, completed }: Counts): TaskView['status'] {
  if (unknown > 0) return 'unknown';
  if (failed > 0) return 'failed';
  if (running > 0) return 'running';
  if (pending > 0) return 'pending';
  return completed > 0 ? 'completed' : 'skipped';
}

function taskLine(task: TaskView, now: number, look: Look): Spans {
  const { style, symbols } = look;
  const paint = statusStyle(task.status === 'pending' ? 'cancelled' : task.status, style);
  const symbol = symbols.of[task.status === 'pending' ? 'waiting' : task.status];
  return ['  ', { text: symbol, paint }, ' ', { text: task.id, paint: style.bold }, ...state(task, now, look)];
}

function state(task: TaskView, now: number, look: Look): Spans {
  const { style } = look;
  const reason = task.reason ?? '';
  switch (task.status) {
    case 'running': {
      const again = task.attempt > 1 ? [`try ${task.attempt}`] : [];
      const facts = [...again, secondsText(now - (task.startedAt ?? now))].join(' ');
      const waits =
        task.waitsFor.length === 0
          ? []
          : [{ text: `  waits for run ${task.waitsFor.join(', ')}`, paint: style.yellow }];
      const message = [...waits, ...(task.message === null ? [] : [`  ${task.message}`])];
      return ['  ', ...bar(task.progress, look), { text: facts, paint: style.dim }, ...message];
    }
    case 'failed':
    case 'unknown': {
      const word = task.status === 'failed' ? 'failed' : 'outcome unknown';
      return ['  ', { text: reason === '' ? word : `${word}: ${reason}`, paint: statusStyle(task.status, style) }];
    }
    default: {
      const wait =
        task.notBefore === null ? 'again soon' : `again in ${secondsText(Math.max(0, task.notBefore - now))}`;
      return [{ text: `  ${wait}`, paint: style.yellow }, reason === '' ? '' : `: ${reason}`];
    }
  }
}

const BAR = 10;

function bar(progress: number | null, { style, symbols }: Look): Spans {
  if (progress === null) return [];
  const full = Math.round((Math.min(100, Math.max(0, progress)) / 100) * BAR);
  const percent = `${Math.round(progress)}%`.padStart(5);
  return [
    { text: symbols.full.repeat(full), paint: style.cyan },
    { text: symbols.empty.repeat(BAR - full), paint: style.dim },
    `${percent} `,
  ];
}

const outputLine = (text: string, { style, symbols }: Look): Spans => [
  { text: `    ${symbols.output} ${text}`, paint: style.dim },
];

/** Whole seconds: tenths would change on the screen all the time. */
const secondsText = (milliseconds: number): string => durationText(milliseconds).replace(/\.\ds$/, 's');
