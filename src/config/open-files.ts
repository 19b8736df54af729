import { closeSync, openSync } from 'node:fs';
import { exhausted } from '../domain/exhausted.ts';

/** More than anything opens at once here: SQLite, a look into a folder, a process with its pipes. */
const SOME = 8;

/**
 * Throws what the system says where so many files cannot be opened. Not everybody who could not open one says that this is
 * why: SQLite does not, and who takes a file for missing then is wrong. Until the next turn of the event loop nothing of
 * this process takes away what is there.
 */
export function demandFiles(count = 1): void {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync('/', 'r'));
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

/** What is lacking, if files cannot be opened; `undefined`: nothing. */
export function lackOfFiles(): string | undefined {
  try {
    demandFiles(SOME);
    return undefined;
  } catch (error) {
    return exhausted(error);
  }
}
