import { failure } from './failure.ts';
import type { Failure } from './failure.ts';

const SQLITE_FULL = 13;

/** The system, or SQLite, had no room for what was to be written: no bug, and over as soon as there is room. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return 'errcode' in error && Number(error.errcode) % 256 === SQLITE_FULL;
}

export const diskFull = (): Failure =>
  failure('try_later', 'the disk of the state folder is full: nothing was recorded', {
    hint: 'Make room, and do it again; see: provisioning orchestrator doctor',
  });
