import { readdirSync } from 'node:fs';
import { readPart } from './files.ts';

export const OUTPUT = 'output.log';

const PAGE_BYTES = 256 * 1024;

/** Output of the latest start of an attempt, from byte `offset` on, at most a page; cut at a character's border. */
export function readOutput(
  taskFolder: string,
  attempt: number,
  offset: number,
): { text: string; next: number; total: number } {
  const folder = latest(taskFolder, attempt);
  if (folder === undefined) return { text: '', next: offset, total: 0 };
  const { bytes, start, size } = readPart(`${taskFolder}/${folder}/${OUTPUT}`, offset, PAGE_BYTES);
  const whole = start + bytes.length < size ? wholeCharacters(bytes) : bytes;
  return { text: whole.toString('utf8'), next: start + whole.length, total: size };
}

/** Folders are named `ATTEMPT-FENCE`, and fences sort by time. */
function latest(taskFolder: string, attempt: number): string | undefined {
  try {
    const names = readdirSync(taskFolder).filter((name) => name.startsWith(`${attempt}-`));
    return names.toSorted().at(-1);
  } catch {
    return undefined;
  }
}

/** Without a UTF-8 sequence that the end of the page has cut. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
  }
  return bytes;
}
