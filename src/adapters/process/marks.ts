import { appendFileSync, statSync } from 'node:fs';
import { readText } from './files.ts';
import { OUTPUT } from './layout.ts';

/**
 * Output has no times in it: a task writes to its file itself. So whoever watches it notes, now and then, how far it had
 * come: lines `MILLISECONDS BYTES`, "until then, so much was printed".
 */
const MARKS = 'output.marks';

/** A task that prints all the time costs 25 bytes a second. */
const APART_MS = 1000;

/** Notes how far a growing output has come, at the end of a line. */
export function createMarker(folder: string): (offset: number) => void {
  let last = -Infinity;
  return (offset) => {
    const now = Date.now();
    if (now - last < APART_MS) return;
    last = now;
    try {
      appendFileSync(`${folder}/${MARKS}`, `${now} ${offset}\n`, { mode: 0o600 });
    } catch {
      // A full disk, or a folder that was removed: `--since` shows more than was asked for, and nothing less.
    }
  };
}

/** Times of files are those of the last tick of the kernel's clock: so much earlier than what was written. */
const TICK_MS = 20;

/**
 * Where what was printed after `since` (milliseconds since 1970) begins. What nobody watched counts as printed late: more
 * may be shown than was asked for, never less.
 */
export function offsetSince(folder: string, since: number, total: number): number {
  const written = statSync(`${folder}/${OUTPUT}`, { throwIfNoEntry: false })?.mtimeMs;
  if (written !== undefined && written + TICK_MS <= since) return total;
  let offset = 0;
  for (const line of (readText(`${folder}/${MARKS}`) ?? '').split('\n')) {
    const [time = Number.NaN, bytes = Number.NaN] = line.split(' ').map(Number);
    if (!(time <= since) || !Number.isSafeInteger(bytes)) continue;
    offset = Math.max(offset, Math.min(bytes, total));
  }
  return offset;
}
