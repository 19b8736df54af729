import type { DatabaseSync } from 'node:sqlite';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';

/** Grows by one with every migration. A program refuses a store that is newer than itself. */
const SCHEMA_VERSION = 3;

/** Index i leads from version i to i + 1. Never edited once released, only appended to. */
const MIGRATIONS = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    body_hash TEXT NOT NULL,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    infra TEXT NOT NULL,
    workspace TEXT NOT NULL,
    mode TEXT NOT NULL,
    fallback TEXT,
    created_at INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    cancel_requested TEXT,
    submission TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_unfinished ON runs(id) WHERE status IN ('queued', 'running', 'paused', 'cancelling');

  CREATE TABLE tasks (
    run TEXT NOT NULL REFERENCES runs(id),
    task INTEGER NOT NULL,
    task_id TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (run, task)
  ) STRICT, WITHOUT ROWID;

  -- One row per running task: slots are derived from these, never counted up and down.
  CREATE TABLE claims (
    run TEXT NOT NULL,
    task INTEGER NOT NULL,
    PRIMARY KEY (run, task)
  ) STRICT, WITHOUT ROWID;

  -- What running tasks change, and nobody else may change meanwhile.
  CREATE TABLE holds (
    resource TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    task INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holds_task ON holds(run, task);

  CREATE TABLE events (
    run TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE resources (
    workspace TEXT NOT NULL,
    infra TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    provider TEXT,
    status TEXT NOT NULL,
    definition TEXT NOT NULL,
    facts TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, infra, kind, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE claims ADD COLUMN pool TEXT;
  CREATE INDEX claims_pool ON claims(pool) WHERE pool IS NOT NULL;

  -- One token bucket for each rate that runs know of a pool; \`full_at\`: when it is full again, milliseconds since 1970.
  CREATE TABLE buckets (
    pool TEXT NOT NULL,
    rate REAL NOT NULL,
    burst INTEGER NOT NULL,
    full_at REAL NOT NULL,
    PRIMARY KEY (pool, rate, burst)
  ) STRICT, WITHOUT ROWID;

  -- Apart from its run: whoever changes a row writes all of it again, and a submission may be megabytes.
  CREATE TABLE submissions (
    run TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
    submission TEXT NOT NULL
  ) STRICT;
  INSERT INTO submissions SELECT id, submission FROM runs;
  ALTER TABLE runs DROP COLUMN submission;
  `,
  `
  -- The task that submitted the run.
  ALTER TABLE runs ADD COLUMN parent_run TEXT;
  ALTER TABLE runs ADD COLUMN parent_task INTEGER;

  -- Several for one resource only where each but the last lends it to a run that it waits for.
  CREATE TABLE held (
    resource TEXT NOT NULL,
    run TEXT NOT NULL,
    task INTEGER NOT NULL,
    PRIMARY KEY (resource, run, task)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO held SELECT resource, run, task FROM holds;
  DROP TABLE holds;
  ALTER TABLE held RENAME TO holds;
  CREATE INDEX holds_task ON holds(run, task);

  -- What commands in tasks tell the engines that execute these; see ports/wait-notes.ts.
  CREATE TABLE wait_notes (
    run TEXT NOT NULL,
    task INTEGER NOT NULL,
    child TEXT NOT NULL,
    waiter TEXT NOT NULL,
    PRIMARY KEY (run, task, child)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Brings the file to this program's schema; safe to run by many processes at once. */
export function migrate(database: DatabaseSync): Failure | undefined {
  if (versionOf(database) === SCHEMA_VERSION) return undefined;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > SCHEMA_VERSION) return newer(version);
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
    database.exec('COMMIT');
    return undefined;
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

export function checkVersion(database: DatabaseSync): Failure | undefined {
  const version = versionOf(database);
  return version > SCHEMA_VERSION ? newer(version) : undefined;
}

/** Another process has made the file and not yet its tables. */
export const isEmpty = (database: DatabaseSync): boolean => versionOf(database) === 0;

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);

const newer = (version: number): Failure =>
  failure('try_later', `the store has schema ${version}, this program knows ${SCHEMA_VERSION}`, {
    hint: 'Use the newer provisioning that wrote it; this one leaves it untouched.',
  });
