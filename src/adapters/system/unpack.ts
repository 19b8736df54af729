import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';

export interface Unpacking {
  /** Absolute; its name tells versions apart. It exists either whole or not at all. */
  readonly target: string;
  /** Relative path → content; asked only when something has to be written. */
  readonly files: () => Promise<Readonly<Record<string, string | Uint8Array>>>;
  readonly mode: number;
  /** Of the only file. */
  readonly sha256?: string;
}

/** Writes a folder beside its place and renames it: of two processes that do so at once, one wins, and both are right. */
export async function unpackOnce(what: Unpacking): Promise<Result<null, Failure>> {
  if (existsSync(what.target)) return ok(null);
  try {
    makeFolder(dirname(what.target), 0o700);
    const temporary = await mkdtemp(`${what.target}.tmp-`);
    try {
      await writeAll(temporary, what);
      await rename(temporary, what.target);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      if (!existsSync(what.target)) throw error;
    }
    return ok(null);
  } catch (error) {
    return err(cannotUnpack(what.target, error));
  }
}

async function writeAll(folder: string, what: Unpacking): Promise<void> {
  for (const [path, content] of Object.entries(await what.files())) {
    if (what.sha256 !== undefined && createHash('sha256').update(content).digest('hex') !== what.sha256)
      throw new Error(`${path} inside this program is damaged: its hash is wrong`);
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', what.mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

const cannotUnpack = (target: string, error: unknown): Failure =>
  failure('config_invalid', `cannot unpack into ${target}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'Set XDG_CACHE_HOME to a folder that this user can write, or set nushell.binary and nushell.provisioning_lib.',
  });
