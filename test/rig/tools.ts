import { spawnSync } from 'node:child_process';

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/**
 * Whether a program is here; where it is not, Debian's package of that name is installed if that can be done. Where it
 * cannot, `missing` is said, and in CI that is a failure.
 */
export function toolIsHere(program: string, missing: string): boolean {
  if (has(program) || (install(program) && has(program))) return true;
  if (process.env['CI'] !== undefined) throw new Error(missing);
  console.warn(missing);
  return false;
}

function install(debianPackage: string): boolean {
  if (process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: readonly string[]): boolean =>
    spawnSync('apt-get', ['-qq', '-y', '--no-install-recommends', ...args], { env, timeout: 300_000 }).status === 0;
  return apt('install', debianPackage) || (apt('update') && apt('install', debianPackage));
}
