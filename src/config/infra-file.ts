import { statSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { NAME } from '../domain/workflow.ts';

const ENDINGS = ['ncl', 'toml', 'yaml', 'yml', 'json'];

/**
 * `infra/NAME.ncl` or `infra/NAME/main.ncl` (or another ending) of a workspace: the absolute path, or `undefined` where
 * there is none. Two of them are refused: nobody should have to guess which one holds.
 */
export function findInfraFile(workspace: string, infra: string): Result<string | undefined, Failure> {
  if (!NAME.test(infra)) return ok(undefined);
  const candidates = [infra, `${infra}/main`].flatMap((stem) => ENDINGS.map((ending) => `infra/${stem}.${ending}`));
  const files: string[] = [];
  for (const path of candidates) {
    const found = isFile(join(workspace, path));
    if (!found.ok) return found;
    if (found.value) files.push(path);
  }
  const [first, second] = files;
  if (first === undefined || second === undefined) return ok(first === undefined ? undefined : join(workspace, first));
  const hint = 'Remove or rename one of them.';
  const place = { file: join(workspace, second) };
  return err(failure('definition_invalid', `infra "${infra}" has two files: ${first} and ${second}`, { place, hint }));
}

/** A folder that cannot be looked into is not empty. */
function isFile(path: string): Result<boolean, Failure> {
  try {
    return ok(statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
    if (reason === undefined) return ok(false);
    return err(failure('definition_invalid', `the infra files cannot be read: ${reason}`, { place: { file: path } }));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not look into the folder',
  EPERM: 'you may not look into the folder',
  EIO: 'the disk does not answer for the folder',
  ELOOP: 'symbolic links lead in a circle',
};
