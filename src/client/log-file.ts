import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../domain/json.ts';

/** One line of the orchestrator's log. */
export interface LogEntry {
  readonly at: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** As it stands. */
  readonly line: string;
}

/** The last `count` lines, oldest first, over a turned file too. Empty where there is no log. */
export function lastEntries(file: string, count: number): readonly LogEntry[] {
  const now = linesOf(file);
  const all = now.length < count ? [...linesOf(`${file}.1`), ...now] : now;
  return (count === 0 ? [] : all.slice(-count)).map(entryOf);
}

const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

const LOOK_AGAIN_MS = 250;
const PIECE_BYTES = 64 * 1024;

/** Hands over every line that is added from now on, also to the files that follow this one. Resolves at `signal`. */
export async function followEntries(
  file: string,
  onEntry: (entry: LogEntry) => void,
  signal: AbortSignal,
): Promise<void> {
  let open = openAtEnd(file);
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onEntry(entryOf(line));
  };
  while (!signal.aborted) {
    if (open !== undefined) readOn(open, take);
    // What was written to a file before it was turned is read before the next one is.
    const there = statSync(file, { throwIfNoEntry: false })?.ino;
    if (there !== undefined && there !== open?.inode) {
      if (open !== undefined) closeSync(open.handle);
      const handle = openSync(file, 'r');
      open = { handle, inode: fstatSync(handle).ino, at: 0 };
    } else await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  if (open !== undefined) closeSync(open.handle);
}

interface Open {
  readonly handle: number;
  readonly inode: number;
  at: number;
}

function openAtEnd(file: string): Open | undefined {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, 'r');
  const { ino, size } = fstatSync(handle);
  return { handle, inode: ino, at: size };
}

function readOn(open: Open, take: (text: string) => void): void {
  const buffer = Buffer.alloc(PIECE_BYTES);
  const decoder = new TextDecoder();
  for (;;) {
    const read = readSync(open.handle, buffer, 0, PIECE_BYTES, open.at);
    if (read === 0) return;
    // Lines are written whole, so a piece that ends within one ends within a text that goes on at once.
    open.at += read;
    take(decoder.decode(buffer.subarray(0, read), { stream: true }));
  }
}

function entryOf(line: string): LogEntry {
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value)) {
      const { at, event, ...fields } = value;
      return { at: String(at), event: String(event), fields, line };
    }
  } catch {
    // Said below: a disk that was full may have cut it.
  }
  return { at: '', event: line, fields: {}, line };
}
