import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Services } from './services.ts';

export interface Scaffold {
  readonly workspace: string;
  /** Relative to the workspace. */
  readonly written: readonly string[];
  /** Were there already, and stay as they are. */
  readonly kept: readonly string[];
}

/** Lays out a workspace in `folder` (absolute). What is there is never overwritten, so doing it twice is no error. */
export async function initWorkspace(services: Services, folder: string): Promise<Result<Scaffold, readonly Failure[]>> {
  const templates = await services.templatesFolder();
  if (!templates.ok) return err([templates.error]);
  const source = join(templates.value, 'workspace');
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const written: string[] = [];
  const kept: string[] = [];
  try {
    for (const file of files.toSorted()) {
      const path = file.slice(source.length + 1);
      const isNew = await writeNew(join(folder, path), await readFile(file));
      (isNew ? written : kept).push(path);
    }
  } catch (error) {
    return err([
      failure('usage', `cannot write into ${folder}: ${reasonOf(error)}`, { hint: 'Name a folder that is yours.' }),
    ]);
  }
  return ok({ workspace: folder, written, kept });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'it, or a part of its path, is a file',
  EEXIST: 'it, or a part of its path, is a file',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? (REASONS[String(error.code)] ?? error.message) : String(error);

async function writeNew(file: string, content: Uint8Array): Promise<boolean> {
  makeFolder(dirname(file), 0o777);
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
