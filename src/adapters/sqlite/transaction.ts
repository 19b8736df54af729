import type { DatabaseSync } from 'node:sqlite';

/** All of `work` or nothing of it. IMMEDIATE: a writer waits at the start, and never fails half-way. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}
