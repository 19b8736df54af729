import { spawnSync } from 'node:child_process';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/**
 * Whether a shell is here; where it is not, Debian's package is installed if that can be done. Without it the tests that
 * want it are skipped and say so; in CI they fail.
 */
export function shellIsHere(shell: 'bash' | 'zsh' | 'fish'): boolean {
  if (has(shell) || (install(shell) && has(shell))) return true;
  const message = `${shell} is not installed: its completion is not tested`;
  if (process.env['CI'] !== undefined) throw new Error(message);
  console.warn(message);
  return false;
}

function install(shell: string): boolean {
  if (process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', ['-qq', '-y', '--no-install-recommends', ...args], { env, timeout: 300_000 }).status === 0;
  return apt('install', shell) || (apt('update') && apt('install', shell));
}
