import { join } from 'node:path';
import { isSea } from 'node:sea';

/** How to start this very program once more: a single file by its path, a checkout by Node and `bin/`. */
export function programCommand(): readonly [string, ...string[]] {
  if (isSea()) return [process.execPath];
  return [process.execPath, join(import.meta.dirname, '..', '..', '..', 'bin', 'provisioning.js')];
}
