import { accessSync, chmodSync, constants, existsSync, lstatSync, statfsSync } from 'node:fs';
import { denied, isDenied } from '../../config/denied.ts';
import { makeFolder } from '../../config/make-folder.ts';
import { diskFull, isDiskFull } from '../../domain/disk-full.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { networkFileSystem } from '../../domain/network-fs.ts';

/**
 * Makes the state folder, or says why it cannot be used: it holds a token and what tasks printed, so nobody else may
 * own, read or redirect it. `typeOf`: the kernel's number of a folder's file system.
 */
export function prepareDataDir(folder: string, typeOf = (at: string) => statfsSync(at).type): Failure | undefined {
  try {
    makeFolder(folder, 0o700);
    const problem = problemOf(folder) ?? networkProblem(typeOf(folder));
    return problem === undefined ? undefined : refuse(folder, problem);
  } catch (error) {
    if (isDiskFull(error)) return diskFull();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return refuse(folder, REASONS[code] ?? code);
  }
}

/** What cannot be looked into is not empty: nobody shall be told that there are no runs. `undefined`: it can, or is not there. */
export function hiddenDataDir(folder: string, store: string): Failure | undefined {
  try {
    lstatSync(`${folder}/.`, { throwIfNoEntry: false });
    if (existsSync(store)) accessSync(store, constants.R_OK);
    return undefined;
  } catch (error) {
    if (isDenied(error) && error.path === store) return denied(error);
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return refuse(folder, code === 'EACCES' ? 'this user may not look into it' : (REASONS[code] ?? code));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only file system',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  ENAMETOOLONG: 'the path is too long',
};

function problemOf(folder: string): string | undefined {
  const status = lstatSync(folder);
  if (status.isSymbolicLink()) return 'it is a symbolic link';
  if (!status.isDirectory()) return 'it is not a folder';
  if (process.getuid !== undefined && status.uid !== process.getuid()) return 'another user owns it';
  if (process.platform !== 'win32' && (status.mode & 0o022) !== 0)
    return `others may write into it (mode ${(status.mode & 0o777).toString(8)}, wanted 700)`;
  if ((status.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
  accessSync(folder, constants.W_OK);
  return undefined;
}

function networkProblem(type: number): string | undefined {
  const network = networkFileSystem(type);
  return network === undefined ? undefined : `it is on ${network}, where locks cannot be relied on`;
}

const refuse = (folder: string, reason: string): Failure =>
  failure('config_invalid', `the state folder ${folder} cannot be used: ${reason}`, {
    hint: 'Set storage.data_dir (or PROVISIONING_STORAGE_DATA_DIR) to a folder of your own, or mend this one.',
  });
