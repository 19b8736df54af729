import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync } from 'node:fs';
import { rmSync, statfsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { surplus } from '../../domain/generations.ts';
import { demandSound } from './damage.ts';

export interface BackupPlace {
  readonly store: string;
  readonly backups: string;
}

export interface Backup {
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** In which it was made, as in a fence; empty where the system does not tell. */
  readonly boot: string;
}

/** Newest first. */
export function backupsIn(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).flatMap((name) => {
    const [, at, boot = ''] = /^(\d{13})\.([0-9a-f]*)\.db$/.exec(name) ?? [];
    return at === undefined ? [] : [{ file: `${folder}/${name}`, at: Number(at), boot }];
  });
  return found.toSorted((a, b) => b.at - a.at);
}

/** When the store was last written, milliseconds since 1970; `undefined` where there is none. */
export function lastWritten(store: string): number | undefined {
  const times = [store, `${store}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const newest = Math.max(...times);
  return newest === 0 ? undefined : newest;
}

/** Of the space that a copy takes, so much more has to be free: a backup must not be what fills the disk. */
const MARGIN = 4;

/**
 * Copies the store, whole and durable on return, and removes what need not be kept. Throws where the store is damaged:
 * what is copied has been looked through. Costs about 4 ms for each MB, in which this process does nothing else. `false`:
 * there is no room for it.
 */
export function backUp({ store, backups }: BackupPlace, made: { at: number; boot: string }): boolean {
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(backups);
  if (bavail * bsize < MARGIN * statSync(store).size) return false;
  const draft = `${backups}/draft`;
  try {
    copy(store, draft);
    sync(draft);
    renameSync(draft, `${backups}/${made.at}.${made.boot}.db`);
    sync(backups);
  } finally {
    rmSync(draft, { force: true });
  }
  const found = backupsIn(backups);
  const gone = new Set(
    surplus(
      found.map(({ at }) => at),
      made.at,
    ),
  );
  for (const { file, at } of found) if (gone.has(at)) rmSync(file, { force: true });
  return true;
}

function copy(store: string, draft: string): void {
  rmSync(draft, { force: true });
  const database = new DatabaseSync(store);
  try {
    demandSound(database);
    database.prepare('VACUUM INTO ?').run(draft);
    chmodSync(draft, 0o600);
  } finally {
    database.close();
  }
}

/** What stands there, file or folder, survives a power cut. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
