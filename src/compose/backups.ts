import type { Paths } from '../config/data-paths.ts';
import { isBackupDue } from '../domain/generations.ts';
import type { Ids } from '../ports/ids.ts';

/** Copies the store if that is due. Throws where it is damaged. `quiet`: nothing runs, and nobody asks. */
export async function openBackups(paths: Paths, ids: Pick<Ids, 'boot'>): Promise<(quiet: boolean) => void> {
  const { backUp, backupsIn, lastWritten } = await import('../adapters/sqlite/backup.ts');
  return (quiet) => {
    const now = Date.now();
    const [newest] = backupsIn(paths.backups);
    if (isBackupDue({ newest: newest?.at, written: lastWritten(paths.store), quiet, now }))
      backUp(paths, { at: now, boot: ids.boot() });
  };
}
