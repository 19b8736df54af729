import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export type Fields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Structured, for people and programs that look for a cause. Never holds tokens, bodies or a task's environment. */
export interface Log {
  write(event: string, fields?: Fields): void;
  close(): void;
}

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 3;

/** JSON lines, turned over at 10 MB: `FILE`, `FILE.1` … `FILE.3`. Trouble with the log is no trouble for the work. */
export function createLog(file: string, now: () => number): Log {
  let handle = open(file);
  let size = handle === undefined ? 0 : fstatSync(handle).size;
  return {
    write(event, fields = {}) {
      const line = Buffer.from(`${JSON.stringify({ at: new Date(now()).toISOString(), event, ...fields })}\n`);
      if (size + line.length > MAX_BYTES) {
        if (handle !== undefined) closeSync(handle);
        turnOver(file);
        handle = open(file);
        size = 0;
      }
      size += line.length;
      append(handle, line);
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'a', 0o600);
  } catch {
    return undefined;
  }
}

function append(handle: number | undefined, line: Buffer): void {
  try {
    if (handle !== undefined) writeSync(handle, line);
  } catch {
    // The disk is full: `status` and the store say so louder.
  }
}

function turnOver(file: string): void {
  for (let number = KEPT; number >= 1; number -= 1) {
    try {
      renameSync(number === 1 ? file : `${file}.${number - 1}`, `${file}.${number}`);
    } catch {
      // There are not that many yet.
    }
  }
}
