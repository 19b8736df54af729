import { accessSync, constants, lstatSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { quoteWord } from '../domain/quote.ts';

/** What the system refuses for what a file or folder is, or whose it is: it stays so until a person mends it. */
interface Denied extends NodeJS.ErrnoException {
  readonly code: string;
  readonly path: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read or write it',
  EPERM: 'this user may not read or write it',
  EROFS: 'it is on a read-only file system',
  ENOTDIR: 'it is no folder',
  EISDIR: 'it is a folder, where a file should be',
  EEXIST: 'it is no folder',
};

/** Not of a program that cannot be started: that is another matter, and has its own words. */
export function isDenied(error: unknown): error is Denied {
  if (!(error instanceof Error)) return false;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined || syscall?.startsWith('spawn') === true) return false;
  return code === 'EEXIST' ? syscall === 'mkdir' : Object.hasOwn(REASONS, code);
}

/** Names the file or folder that is in the way, which may lie above the one that was wanted, and what to do about it. */
export function denied(error: Denied): Failure {
  const { path, status } = culpritOf(error);
  const reason = REASONS[error.code] ?? error.message;
  const what = status?.isDirectory() === true ? 'folder' : 'file';
  return failure('config_invalid', `the ${what} ${path} cannot be used: ${reason} (${error.code})`, {
    hint: remedyOf(error, path, status),
  });
}

type Kind = 'file' | 'folder';

/**
 * Throws what the system says of what is there and cannot be used: SQLite says of its files only that they cannot. Never opens
 * one, which would drop the locks that this process has on it.
 */
export function demandUsable(path: string, kind: Kind): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (kind === 'file') accessSync(dirname(path), constants.W_OK | constants.X_OK);
  if (status === undefined) return;
  if (status.isDirectory() !== (kind === 'folder')) throw ofWrongKind(path, kind);
  accessSync(path, constants.R_OK | constants.W_OK | (kind === 'folder' ? constants.X_OK : 0));
}

const ofWrongKind = (path: string, wanted: Kind): Error => {
  const code = wanted === 'folder' ? 'ENOTDIR' : 'EISDIR';
  return Object.assign(new Error(`${code}: ${path}`), { code, path, syscall: 'open' });
};

interface Culprit {
  readonly path: string;
  readonly status: Stats | undefined;
}

/** What is not there could not be made where it should be; what is to go away belongs to its folder. */
function culpritOf({ path, syscall = '' }: Denied): Culprit {
  const first = ['unlink', 'rename', 'link', 'rmdir'].includes(syscall) ? dirname(path) : path;
  for (let at = first; ; at = dirname(at)) {
    const status = statusOf(at);
    if (status !== undefined || at === dirname(at)) return { path: at, status };
  }
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function remedyOf({ code }: Denied, path: string, status: Stats | undefined): string {
  if (code === 'EROFS') return 'Make that file system writable, or use another folder (storage.data_dir).';
  if (code !== 'EACCES' && code !== 'EPERM') return `Move ${path} away, then do it again.`;
  const isOthers = status !== undefined && process.getuid !== undefined && status.uid !== process.getuid();
  const mend = isOthers ? `chown it to this user` : `chmod u+rwX ${quoteWord(path)}`;
  return `Give it back to this user (${mend}), then do it again.`;
}
