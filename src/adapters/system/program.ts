import { join } from 'node:path';

/** How to start this very program once more: a single file by its path, a checkout by Node and `bin/`. */
export async function programCommand(): Promise<readonly [string, ...string[]]> {
  const { isSea } = await import('node:sea');
  if (isSea()) return [process.execPath];
  return [process.execPath, join(import.meta.dirname, '..', '..', '..', 'bin', 'provisioning.js')];
}
