import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../../domain/failure.ts';
import { ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { FinishedRun } from '../../ports/leftovers.ts';
import { backupsIn, sync } from './backup.ts';
import { openForWriting } from './open.ts';
import type { StorePlace } from './open.ts';
import { transaction } from './transaction.ts';

/** What the store has to say about what may go. */
export interface Retention {
  finished(): readonly FinishedRun[];
  /** Returns the ids of those that were removed: a run that was reopened meanwhile stays. No backup knows them either. */
  forget(ids: readonly string[]): readonly string[];
  /** Ids of all tasks on record, but for those of these runs. */
  taskIds(except: readonly string[]): ReadonlySet<string>;
  /** Engines that unfinished runs name. */
  owners(): ReadonlySet<string>;
  close(): void;
}

/** `unknown` has not ended: somebody still has to say how it did. */
const ENDED = `status IN ('completed', 'failed', 'cancelled')`;

/** `undefined`: there is no store, and none is made. */
export function openRetention(at: StorePlace): Result<Retention | undefined, Failure> {
  if (!existsSync(at.file)) return ok(undefined);
  const opened = openForWriting(at);
  return opened.ok ? ok(retentionOn(opened.value, at.backups)) : opened;
}

function retentionOn(database: DatabaseSync, backups: string): Retention {
  const texts = (query: string, column: string): string[] =>
    database
      .prepare(query)
      .all()
      .map((row) => String(row[column]));
  return {
    finished: () =>
      database
        .prepare(`SELECT id, name, status, state ->> 'finishedAt' AS finished_at FROM runs WHERE ${ENDED}`)
        .all()
        .map((row) => ({
          id: String(row['id']),
          name: String(row['name']),
          status: String(row['status']) as FinishedRun['status'],
          finishedAt: Number(row['finished_at']),
        })),
    forget(ids) {
      // Backups first: what a crash leaves in the store is forgotten by the next call, what it leaves in them comes back.
      if (ids.length > 0) for (const { file } of backupsIn(backups)) scrub(file, ids);
      return transaction(database, () => forget(database, ids, `id = ? AND ${ENDED}`));
    },
    taskIds(except) {
      const gone = new Set(except);
      const rows = database.prepare('SELECT run, task_id FROM tasks').all();
      return new Set(rows.flatMap((row) => (gone.has(String(row['run'])) ? [] : [String(row['task_id'])])));
    },
    owners: () => new Set(texts(`SELECT DISTINCT owner FROM runs WHERE NOT ${ENDED}`, 'owner')),
    close: () => {
      database.close();
    },
  };
}

/** One that cannot be read is no backup. */
function scrub(backup: string, ids: readonly string[]): void {
  const draft = `${backup}.draft`;
  try {
    copyFileSync(backup, draft);
    const database = new DatabaseSync(draft);
    try {
      transaction(database, () => forget(database, ids, 'id = ?'));
      database.exec('VACUUM');
    } finally {
      database.close();
    }
    sync(draft);
    renameSync(draft, backup);
  } catch {
    rmSync(backup, { force: true });
  } finally {
    for (const file of [draft, `${draft}-journal`]) rmSync(file, { force: true });
  }
}

/** `which`: a condition on runs, of their id. */
function forget(database: DatabaseSync, ids: readonly string[], which: string): string[] {
  const isWanted = database.prepare(`SELECT 1 FROM runs WHERE ${which}`);
  const removals = tablesOfRuns(database).map((table) => database.prepare(`DELETE FROM "${table}" WHERE run = ?`));
  const removal = database.prepare('DELETE FROM runs WHERE id = ?');
  const found = ids.filter((id) => isWanted.get(id) !== undefined);
  for (const id of found) for (const statement of [...removals, removal]) statement.run(id);
  return found;
}

/** All that belongs to a run says so in a column `run`: a table that is added later is not forgotten here. */
function tablesOfRuns(database: DatabaseSync): string[] {
  const rows = database
    .prepare(
      `SELECT tables.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND columns.name = 'run'`,
    )
    .all();
  return rows.map((row) => String(row['name']));
}
