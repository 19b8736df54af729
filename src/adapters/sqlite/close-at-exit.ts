import type { DatabaseSync } from 'node:sqlite';

const open: DatabaseSync[] = [];

/** Who closes last folds the write-ahead log into the store; a process that just exits would leave it lying there. */
export function closeAtExit(database: DatabaseSync): void {
  if (open.push(database) > 1) return;
  process.once('exit', () => {
    for (const one of open) one.close();
  });
}
