import { chmodSync, lstatSync } from 'node:fs';
import type { Paths } from '../../config/data-paths.ts';
import { demandUsable, denied, isDenied } from '../../config/denied.ts';
import { fault } from './facts.ts';
import type { Check, Facts, Finding } from './facts.ts';

/** Whether this user may use what is in the state folder; what is not there yet is made. The token has rules of its own. */
export const usable: Check = (facts) => [
  ...foldersOf(facts.paths).flatMap((path) => problemOf(facts, path, 'folder')),
  ...filesOf(facts.paths).flatMap((path) => problemOf(facts, path, 'file')),
];

const foldersOf = ({ dataDir, tasks, owners, backups, damaged, hosts }: Paths): readonly string[] => [
  dataDir,
  tasks,
  owners,
  backups,
  damaged,
  hosts,
];

const filesOf = (paths: Paths): readonly string[] => [
  ...['', '-wal', '-shm'].map((end) => `${paths.store}${end}`),
  paths.daemonLock,
  paths.spawnLock,
  paths.mendingLock,
  paths.descriptor,
  paths.log,
  paths.output,
  paths.reserve,
  paths.restored,
];

function problemOf({ uid }: Facts, path: string, kind: 'file' | 'folder'): readonly Finding[] {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) demandUsable(path, kind);
    return [];
  } catch (error) {
    if (!isDenied(error)) throw error;
    // What lies in a folder that is closed to us is said by that folder.
    if (error.path !== path) return [];
    const { message, hint = '' } = denied(error);
    return [fault(UNUSABLE, message, hint, error.code === 'EACCES' ? mendOf(path, uid) : undefined)];
  }
}

export const UNUSABLE = 'state_unusable';

/** The rights on what is this user's own. */
function mendOf(path: string, uid: number): (() => void) | undefined {
  const status = lstatSync(path);
  if (status.uid !== uid) return undefined;
  return () => {
    chmodSync(path, (status.mode & 0o777) | (status.isDirectory() ? 0o700 : 0o600));
  };
}
