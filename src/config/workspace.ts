import { realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { expandPath } from './paths.ts';

export const WORKSPACE_DOCUMENT = 'provisioning.toml';

export interface Workspace {
  /** A real path: without links, the key of the inventory. */
  readonly root: string;
  /** It has a `provisioning.toml`; otherwise a folder only serves as one. */
  readonly declared: boolean;
}

interface Search {
  readonly cwd: string;
  readonly home: string;
  /** What was asked for, and by whom: `--workspace` or `PROVISIONING_WORKSPACE`. */
  readonly asked: { readonly path: string; readonly by: string } | undefined;
}

/** The folder that was asked for; otherwise the nearest above with a document; otherwise the current one. */
export function findWorkspace({ cwd, home, asked }: Search): Result<Workspace, Failure> {
  if (asked === undefined) {
    const current = realFolder(cwd);
    return current.ok ? ok(nearest(current.value)) : err(failure('usage', `The current folder ${current.error}.`));
  }
  const path = expandPath(asked.path, { folder: cwd, home });
  const root = path.ok ? realFolder(path.value) : path;
  if (root.ok) return ok({ root: root.value, declared: isDeclared(root.value) });
  return err(failure('usage', `${asked.by} says ${JSON.stringify(asked.path)}, which ${root.error}.`));
}

/** The real path of a folder, or what is wrong with it. */
function realFolder(path: string): Result<string, string> {
  try {
    const root = realpathSync.native(path);
    return statSync(root).isDirectory() ? ok(root) : err(`is no folder; name the one that it is in, ${dirname(path)}`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return err(code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be entered (${code})`);
  }
}

function nearest(cwd: string): Workspace {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isDeclared(folder)) return { root: folder, declared: true };
    if (folder === dirname(folder)) return { root: cwd, declared: false };
  }
}

/** A folder above that may not be looked into has none for us. What is there and is no file is refused where it is read. */
function isDeclared(folder: string): boolean {
  try {
    return statSync(join(folder, WORKSPACE_DOCUMENT), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
