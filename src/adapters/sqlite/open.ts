import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Failure } from '../../domain/failure.ts';
import { prepareDataDir } from './data-dir.ts';
import { checkVersion, isEmpty, migrate } from './schema.ts';

/** How long a writer waits for another process's short transaction. */
const BUSY_MS = 10_000;

/** Opens the store for writing and makes it where there is none. */
export function openForWriting(dataDir: string, file: string): Result<DatabaseSync, Failure> {
  const problem = prepareDataDir(dataDir);
  if (problem !== undefined) return err(problem);
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout=${BUSY_MS}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL`);
  const refused = migrate(database);
  if (refused === undefined) return ok(database);
  database.close();
  return err(refused);
}

/** Opens the store for reading; `undefined` where there is none yet. */
export function openForReading(file: string): Result<DatabaseSync | undefined, Failure> {
  if (!existsSync(file)) return ok(undefined);
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA busy_timeout=${BUSY_MS}; PRAGMA query_only=ON`);
  const refused = checkVersion(database);
  if (refused === undefined && !isEmpty(database)) return ok(database);
  database.close();
  return refused === undefined ? ok(undefined) : err(refused);
}
