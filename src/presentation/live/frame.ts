import type { Line } from './line.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/*
 * Neither listr2 nor the `log-update` 8 below it. listr2 wants to run the tasks, its list grows without a limit that
 * keeps what matters (listr2#296, #720: taller than the terminal, it repeats itself or hides the beginning), and
 * `log-update` does not count the rows that a narrower window has folded its last picture into, so each resize leaves
 * half a picture behind; both write in the loop's own thread, where a terminal that stopped reading would stop an
 * engine. What is left after that is what follows.
 */

const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/**
 * What to send so that `next` takes the place of `before`; the cursor stays at the beginning of the row below. Between
 * the two come `notes`, text that stays. Rows that are the same are not sent again, and a terminal that knows how
 * (DEC mode 2026) shows all of it at once, so nothing flickers.
 */
export function redraw(before: readonly Line[], next: readonly Line[], { size, notes = '' }: Redraw): string {
  const up = rowsOf(before, size);
  const isWhole = notes !== '' || up !== before.length;
  const body = isWhole ? `${goUp(up)}${CLEAR_BELOW}${folded(notes)}${rows(next)}` : changes(before, next);
  return body === '' ? '' : `${BEGIN}${HIDE_CURSOR}${NO_WRAP}${body}${WRAP}${END}`;
}

export interface Redraw {
  /** Of the terminal as it is now. */
  readonly size: Size;
  readonly notes?: string | undefined;
}

/** Takes a picture off the screen, and gives the cursor back. */
export const erase = (before: readonly Line[], size: Size): string =>
  `${goUp(rowsOf(before, size))}${CLEAR_BELOW}${WRAP}${SHOW_CURSOR}`;

/**
 * Rows that a picture takes by now: a terminal that has become narrower folds long lines. (One that cuts them off
 * instead, as xterm does, loses as many rows above the picture; most fold.) What has left the screen is out of reach.
 */
function rowsOf(lines: readonly Line[], { columns, rows: height }: Size): number {
  const taken = lines.reduce((sum, { width }) => sum + Math.max(1, Math.ceil(width / Math.max(1, columns))), 0);
  return Math.min(taken, Math.max(0, height - 1));
}

/** The cursor may have moved aside: `^C` is echoed where it stands. */
const goUp = (count: number): string => (count === 0 ? '\r' : `\r\u001b[${count}A`);

const goDown = (count: number): string => (count === 0 ? '' : `\u001b[${count}B`);

const rows = (lines: readonly Line[]): string => lines.map(({ text }) => `${text}${CLEAR_LINE}\r\n`).join('');

/** What stays may be longer than a row. */
const folded = (notes: string): string =>
  notes === '' ? '' : `${WRAP}${notes.replaceAll(/\r?\n/g, `${CLEAR_LINE}\r\n`)}${NO_WRAP}`;

function changes(before: readonly Line[], next: readonly Line[]): string {
  const first = next.findIndex((line, index) => line.text !== before[index]?.text);
  if (first === -1 && next.length === before.length) return '';
  const start = first === -1 ? next.length : first;
  let text = goUp(before.length - start);
  let same = 0;
  for (const [index, line] of next.entries()) {
    if (index < start) continue;
    if (line.text === before[index]?.text) {
      same += 1;
      continue;
    }
    text += `${goDown(same)}${line.text}${CLEAR_LINE}\r\n`;
    same = 0;
  }
  return text + goDown(same) + CLEAR_BELOW;
}
