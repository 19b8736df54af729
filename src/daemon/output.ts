import { copyFileSync, statSync, truncateSync } from 'node:fs';

/** Begins the raw output of this process anew. What its predecessor left, a crash most likely, is kept as `FILE.1`. */
export function beginOutput(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
