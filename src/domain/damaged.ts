import { failure } from './failure.ts';
import type { Failure } from './failure.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** What was found in the store is not what was written there. */
export class DamagedStore extends Error {}

/** Found by us or by SQLite: a page that is no page, a file that is too short, or none at all. */
export function isDamaged(error: unknown): boolean {
  if (error instanceof DamagedStore) return true;
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(Number(error.errcode) % 256);
}

/** For who only reads, or may not mend it now. */
export const damagedStore = (): Failure =>
  failure('try_later', 'the store is damaged: what it says cannot be relied on', {
    hint: 'Its newest backup takes its place, and nothing is started, with: provisioning orchestrator restart',
  });
