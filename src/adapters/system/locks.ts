import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Lock, Locks } from '../../ports/locks.ts';

/**
 * Kernel locks without a native addon: an exclusive SQLite transaction on a file of its own. Traps, all measured:
 * a collected `DatabaseSync` drops its lock silently, so handles stay reachable here; opening and closing the file by
 * `fs` in the same process drops it too, so nobody does; the file is never unlinked while anybody may want it.
 */
const held = new Map<string, DatabaseSync>();

/** Readers hold the file for microseconds; a taker outwaits them. */
const OUTWAIT_READERS_MS = 200;

export const createLocks = (): Locks => ({ acquire, isHeld });

function acquire(file: string): Lock | undefined {
  if (held.has(file)) return undefined;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout=${OUTWAIT_READERS_MS}; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.set(file, database);
  return {
    release: () => {
      if (held.delete(file)) database.close();
    },
  };
}

/** Takes a shared lock for an instant: two probes do not see each other. */
function isHeld(file: string): boolean {
  if (held.has(file)) return true;
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout=0; SELECT count(*) FROM sqlite_schema');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY;
