import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { DamagedStore } from '../../domain/damaged.ts';

/** A write-ahead log begins with one of two numbers and the version of its format. */
const WAL_MAGIC = new Set([0x377f0682, 0x377f0683]);
const WAL_VERSION = 3007000;
const WAL_HEADER_BYTES = 32;

/**
 * Throws where SQLite itself would not notice: it takes a log that it cannot read for an empty one, and a file without
 * a byte, or none, for a store that is yet to be made. `hasBackups`: there has been a store.
 */
export function demandPresent(store: string, hasBackups: boolean): void {
  const size = statSync(store, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 && hasBackups) throw new DamagedStore(existsSync(store) ? 'it is empty' : 'it is gone');
  if (isGarbage(`${store}-wal`)) throw new DamagedStore(WAL_DAMAGE);
}

export const WAL_DAMAGE = 'its write-ahead log cannot be read';

/** Throws where a page or an index is not what it should be. Takes about a millisecond for each MB. */
export function demandSound(database: DatabaseSync): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found !== 'ok') throw new DamagedStore(String(found).split('\n').at(-1) ?? '');
}

function isGarbage(log: string): boolean {
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return false;
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  const descriptor = openSync(log, 'r');
  try {
    readSync(descriptor, header, 0, WAL_HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  // All zeros: the first write of a new log that a power cut came before.
  if (header.every((byte) => byte === 0)) return false;
  return !WAL_MAGIC.has(header.readUInt32BE(0)) || header.readUInt32BE(4) !== WAL_VERSION;
}
