import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Kernels take 103 (macOS) or 107 bytes; a longer path is refused or, worse, cut. */
const MAX_BYTES = 100;

export interface SocketPlace {
  readonly path: string;
  /** Has to be made and checked like `data_dir` itself; `null` when it is `data_dir`. */
  readonly folder: string | null;
}

/**
 * In `data_dir` if the path fits, else in a folder below `/tmp` that is the user's alone: not in the runtime directory,
 * which vanishes at logout. Depends on `data_dir` and user only, so a successor listens where tasks look for it.
 */
export function socketPlace(dataDir: string, uid: number): SocketPlace {
  const path = join(dataDir, 'daemon.sock');
  if (Buffer.byteLength(path) <= MAX_BYTES) return { path, folder: null };
  const folder = `/tmp/provisioning-${uid}`;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return { path: join(folder, `${name}.sock`), folder };
}
