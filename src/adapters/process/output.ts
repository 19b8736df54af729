import { latestStart } from './attempts.ts';
import { readPart } from './files.ts';
import { layoutOf, versionOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { offsetSince } from './marks.ts';

const PAGE_BYTES = 256 * 1024;

/** Offsets count the bytes that were printed; the text may be shorter than what it stands for. */
export interface OutputPage {
  readonly text: string;
  readonly next: number;
  readonly total: number;
  /** Something in the middle of the whole was left out. */
  readonly truncated: boolean;
}

/**
 * Output of the latest start of an attempt, from byte `offset` on, at most a page; cut at a character's border. What
 * was left out is said in its place.
 */
export function readOutput(taskFolder: string, attempt: number, place: Place): OutputPage {
  const folder = latestStart(taskFolder, attempt);
  if (folder === undefined) return { text: '', next: place.offset, total: 0, truncated: false };
  for (;;) {
    const layout = layoutOf(folder);
    const offset = startOf(folder, place, layout.total);
    const page = pageOf(layout, offset);
    // What was read while it was cut away is nothing.
    if (versionOf(folder) === layout.version) return { ...page, truncated: layout.cut !== undefined };
  }
}

/** Where to begin: at a byte, but not before what was printed since a time (milliseconds since 1970). */
interface Place {
  readonly offset: number;
  readonly since?: number | undefined;
}

const startOf = (folder: string, { offset, since }: Place, total: number): number =>
  since === undefined ? offset : Math.max(offset, offsetSince(folder, since, total));

/** The newest bytes. */
export function readTail(folder: string, limit: number): Buffer {
  const last = layoutOf(folder).stretches.at(-1);
  if (last === undefined) return Buffer.alloc(0);
  const skipped = Math.max(0, last.length - limit);
  return readPart(last.file, last.at + skipped, last.length - skipped).bytes;
}

function pageOf({ cut, stretches, total }: Layout, offset: number): Omit<OutputPage, 'truncated'> {
  if (cut !== undefined && offset >= cut.from && offset < cut.to)
    return { text: leftOut(cut.to - offset), next: cut.to, total };
  const stretch = stretches.find(({ start, length }) => offset >= start && offset < start + length);
  if (stretch === undefined) return { text: '', next: Math.min(offset, total), total };
  const skipped = offset - stretch.start;
  const left = stretch.length - skipped;
  const { bytes } = readPart(stretch.file, stretch.at + skipped, Math.min(left, PAGE_BYTES));
  const trimmed = wholeCharacters(bytes);
  // What is half a character now may be a whole one at the next look; if it is still half a one, so be it.
  const whole = trimmed.length > 0 ? trimmed : bytes;
  return { text: whole.toString('utf8'), next: offset + whole.length, total };
}

const leftOut = (bytes: number): string => `\n[… ${bytes} bytes were left out here …]\n`;

/** Without a UTF-8 sequence that the end of the page has cut. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
  }
  return bytes;
}
