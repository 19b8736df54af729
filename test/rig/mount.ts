import { spawnSync } from 'node:child_process';

/** Mounting is root's, and a container may forbid it even then. */
export const canMount: boolean =
  process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
if (!canMount) console.warn('this user may not mount: tests with file systems of their own are skipped');

/** `options` as of `mount -o`. Returns how to take it away. */
export function mountTmpfs(folder: string, options: string): () => void {
  command('mount', '-t', 'tmpfs', '-o', options, 'provisioning-test', folder);
  return () => {
    command('umount', '-l', folder);
  };
}

/** `false`: somebody still has a file open there that this would take away. */
export const remount = (folder: string, options: string): boolean =>
  spawnSync('mount', ['-o', `remount,${options}`, folder]).status === 0;

function command(file: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(file, args);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr.toString()}`);
}
