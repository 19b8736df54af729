import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Restored } from '../../api/restored.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { backupsIn, sync } from './backup.ts';
import type { Backup, BackupPlace } from './backup.ts';
import { demandSound, WAL_DAMAGE } from './damage.ts';
import { readHold, writeHold } from './hold.ts';

export interface RestoreFiles extends BackupPlace {
  /** Where it is recorded that the store waits for a person. */
  readonly restored: string;
  /** Below it goes what is moved aside. */
  readonly damaged: string;
}

/**
 * Puts the newest sound copy in the place of a damaged store, which stays as evidence. Nobody else may write meanwhile.
 * It is recorded before anything is moved, so that a crash in between is followed by the same once more. What began
 * after the copy was made is not in it: `reconstruct` reads that from the folders of tasks, before anything is started.
 */
export function restore(
  files: RestoreFiles,
  { reason, now }: { readonly reason: string; readonly now: number },
): Result<{ readonly restored: Restored; readonly source: Backup }, Failure> {
  const draft = `${files.store}.restoring`;
  const source = soundCopy(files, reason, draft);
  if (source === undefined) return err(noBackup(files, reason));
  const before = readHold(files.restored);
  const restored = {
    done: false,
    at: new Date(now).toISOString(),
    backup_at: new Date(source.at).toISOString(),
    reason,
    evidence: before?.done === false ? before.evidence : `${files.damaged}/${now}`,
    lost_runs: [],
  };
  writeHold(files.restored, restored);
  moveAside(files.store, restored.evidence);
  renameSync(draft, files.store);
  sync(dirname(files.store));
  return ok({ restored, source });
}

const noBackup = ({ store }: RestoreFiles, reason: string): Failure =>
  failure('config_invalid', `the store ${store} is damaged (${reason}), and there is no backup of it yet`, {
    hint: 'To begin with an empty one, move it away, with its -wal and -shm; what it knew of servers is then forgotten.',
  });

/** Durable at `draft`. */
function soundCopy({ store, backups }: RestoreFiles, reason: string, draft: string): Backup | undefined {
  // Without its log the store itself is what it was at its last checkpoint, in a boot that nobody knows.
  const itself =
    reason === WAL_DAMAGE && existsSync(store) ? [{ file: store, at: statSync(store).mtimeMs, boot: '' }] : [];
  return [...itself, ...backupsIn(backups)].find(({ file }) => {
    rmSync(draft, { force: true });
    copyFileSync(file, draft);
    if (!isSound(draft)) return false;
    sync(draft);
    return true;
  });
}

function isSound(file: string): boolean {
  const database = new DatabaseSync(file);
  try {
    demandSound(database);
    return database.prepare('PRAGMA user_version').get()?.['user_version'] !== 0;
  } catch {
    return false;
  } finally {
    database.close();
    for (const name of [`${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(name, { force: true });
  }
}

/** The store's own name is never without a file, which others would take for a store that is yet to be made. */
function moveAside(store: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of ['', '-wal', '-shm'])
    if (existsSync(`${store}${name}`) && !existsSync(`${folder}/state.db${name}`))
      linkSync(`${store}${name}`, `${folder}/state.db${name}`);
  sync(folder);
  for (const name of ['-wal', '-shm']) rmSync(`${store}${name}`, { force: true });
}
