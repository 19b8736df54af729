import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { demandUsable } from '../../config/denied.ts';
import { isDamaged } from '../../domain/damaged.ts';
import { isDiskFull } from '../../domain/disk-full.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Failure } from '../../domain/failure.ts';
import { backupsIn } from './backup.ts';
import { demandPresent, demandSound } from './damage.ts';
import { hiddenDataDir, prepareDataDir } from './data-dir.ts';
import { checkVersion, isEmpty, migrate } from './schema.ts';

/** How long a writer waits for another process's short transaction. */
const BUSY_MS = 10_000;

/** A larger one is looked through when it is copied only: that takes about a millisecond for each MB. */
const LOOKED_THROUGH_BYTES = 64 * 1024 * 1024;

export interface StorePlace {
  readonly dataDir: string;
  readonly file: string;
  readonly backups: string;
}

/** Opens the store for writing and makes it where there has never been one. Throws where it is damaged. */
export function openForWriting({ dataDir, file, backups }: StorePlace): Result<DatabaseSync, Failure> {
  const problem = prepareDataDir(dataDir);
  if (problem !== undefined) return err(problem);
  demandPresent(file, backupsIn(backups).length > 0);
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const database = opened(file);
  try {
    database.exec(`PRAGMA busy_timeout=${BUSY_MS}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL`);
    if (statSync(file).size <= LOOKED_THROUGH_BYTES) demandSound(database);
    const refused = migrate(database);
    if (refused === undefined) return ok(database);
    database.close();
    return err(refused);
  } catch (error) {
    database.close();
    if (!isDamaged(error) && !isDiskFull(error)) demandUsableStore(file);
    throw error;
  }
}

function opened(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    demandUsableStore(file);
    throw error;
  }
}

/** What SQLite keeps beside it, too. */
function demandUsableStore(file: string): void {
  for (const end of ['', '-wal', '-shm']) demandUsable(`${file}${end}`, 'file');
}

/** Opens the store for reading; `undefined` where there is none yet. */
export function openForReading(file: string): Result<DatabaseSync | undefined, Failure> {
  const hidden = hiddenDataDir(dirname(file), file);
  if (hidden !== undefined) return err(hidden);
  if (!existsSync(file)) return ok(undefined);
  const database = openToAsk(file);
  const refused = checkVersion(database);
  if (refused === undefined && !isEmpty(database)) return ok(database);
  database.close();
  return refused === undefined ? ok(undefined) : err(refused);
}

/**
 * Only to ask. On a full disk SQLite has no room for what it shares with writers; as long as there is no write-ahead log either,
 * the file alone is the store, and nobody can change it.
 */
export function openToAsk(file: string): DatabaseSync {
  const database = opened(file);
  try {
    database.exec(`PRAGMA busy_timeout=${BUSY_MS}; PRAGMA query_only=ON; SELECT count(*) FROM sqlite_schema`);
    return database;
  } catch (error) {
    database.close();
    if (!isDamaged(error) && !isDiskFull(error)) demandUsableStore(file);
    if (!isDiskFull(error) || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw error;
    const alone = pathToFileURL(file);
    alone.search = 'immutable=1';
    return new DatabaseSync(alone, { readOnly: true });
  }
}
