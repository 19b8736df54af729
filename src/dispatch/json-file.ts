import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { lostOutput } from '../presentation/lost-output.ts';

export interface JsonFile {
  /** All at once: whoever reads the file meanwhile sees the former content or the new one, never a part. */
  write(text: string): Result<undefined, Failure>;
}

/** The file of `--json-into`, of a command that may change nothing (`onlyAsked`). Pipes and devices are written as they are: `/dev/fd/3`, a FIFO. */
export function openJsonFile(path: string, onlyAsked: boolean): Result<JsonFile, Failure> {
  const file = resolve(path);
  let isPlain = true;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return err(refusal(path, 'is a folder'));
    isPlain = found === undefined || found.isFile();
    accessSync(isPlain ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    return err(refusal(path, `cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`));
  }
  return ok({
    write: (text) => guarded({ path, onlyAsked }, () => (isPlain ? replace(file, text) : writeFileSync(file, text))),
  });
}

function replace(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } finally {
    rmSync(beside, { force: true });
  }
}

interface Wanted {
  readonly path: string;
  readonly onlyAsked: boolean;
}

function guarded({ path, onlyAsked }: Wanted, write: () => void): Result<undefined, Failure> {
  try {
    write();
    return ok(undefined);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(lostOutput(`--json-into ${path}: ${why}`, { onlyAsked }));
  }
}

const refusal = (path: string, why: string): Failure =>
  failure('usage', `--json-into ${path} ${why}`, { hint: 'Name a file in a folder that exists and is yours.' });
