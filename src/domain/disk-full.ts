import { failure } from './failure.ts';
import type { Failure } from './failure.ts';

const SQLITE_FULL = 13;
/** No room for what readers and writers of a store share: https://sqlite.org/rescode.html#ioerr_shmsize. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** The system, or SQLite, had no room for what was to be written: no bug, and over as soon as there is room. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  if (!('errcode' in error)) return false;
  return Number(error.errcode) % 256 === SQLITE_FULL || error.errcode === SQLITE_IOERR_SHMSIZE;
}

export const diskFull = (): Failure =>
  failure('try_later', 'the disk of the state folder is full: nothing was recorded', {
    hint: 'Make room, and do it again; see: provisioning orchestrator doctor',
  });
