import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { demandUsable } from '../../config/denied.ts';
import { lackOfFiles } from '../../config/open-files.ts';
import { DatabaseSync } from 'node:sqlite';
import type { Lock, Locks } from '../../ports/locks.ts';

/**
 * Kernel locks without a native addon: an exclusive SQLite transaction on a file of its own. Traps, all measured:
 * a collected `DatabaseSync` drops its lock silently, so handles stay reachable here; opening and closing the file by
 * `fs` in the same process drops it too, so nobody does. The file is unlinked only by who holds it, and who gets a lock
 * looks whether its file is still there: otherwise it would hold what nobody else can see.
 */
const held = new Map<string, DatabaseSync>();

/** Readers hold the file for microseconds; a taker outwaits them. */
const OUTWAIT_READERS_MS = 200;

export const createLocks = (): Locks => ({
  acquire: (file) => acquire(file, OUTWAIT_READERS_MS),
  tryAcquire: (file) => acquire(file, 0),
  isHeld,
  remove,
});

function acquire(file: string, waitMs: number): Lock | undefined {
  if (held.has(file)) return undefined;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  makePrivate(file);
  let taken = take(file, waitMs);
  while (taken === 'removed') taken = take(file, waitMs);
  if (taken === 'busy') return undefined;
  const database = taken;
  held.set(file, database);
  return {
    release: () => {
      if (held.delete(file)) database.close();
    },
  };
}

/** SQLite would make it as the umask says. Nothing is locked through this descriptor, so closing it drops nothing. */
function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** Makes the file if need be. `removed`: somebody took the file away before it was locked. */
function take(file: string, waitMs: number): DatabaseSync | 'busy' | 'removed' {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec(`PRAGMA busy_timeout=${waitMs}; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE`);
    if (existsSync(file)) return database;
    database.close();
    return 'removed';
  } catch (error) {
    database?.close();
    if (isBusy(error)) return 'busy';
    // SQLite itself may notice it first, and calls it an I/O error.
    if (!existsSync(file)) return 'removed';
    demandUsable(file, 'file');
    throw error;
  }
}

function remove(file: string): boolean {
  if (held.has(file)) return false;
  if (!existsSync(file)) return true;
  const database = take(file, 0);
  if (database === 'removed') return true;
  if (database === 'busy') return false;
  // SQLite's own companion, which stays behind when a holder is killed.
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true });
  database.close();
  return true;
}

/** Takes a shared lock for an instant: two probes do not see each other. */
function isHeld(file: string): boolean {
  if (held.has(file)) return true;
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    database.exec('PRAGMA busy_timeout=0; SELECT count(*) FROM sqlite_schema');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    // Removed since we looked: by who held it, to be rid of it.
    if (!existsSync(file)) return false;
    // Who cannot look believes that somebody holds it: then nothing is taken from anybody.
    if (lackOfFiles() !== undefined) return true;
    demandUsable(file, 'file');
    throw error;
  } finally {
    database?.close();
  }
}

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY;
