import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** The folders that configuration, state and caches have on this machine, for this user. All absolute. */
export interface Places {
  readonly home: string;
  readonly configHome: string;
  readonly stateHome: string;
  readonly cacheHome: string;
  /** `/`, or what tests put in its stead. */
  readonly systemRoot: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function placesOf(
  env: Environment,
  given: { home?: string | undefined; systemRoot?: string | undefined },
): Places {
  const home = given.home ?? homeOf(env);
  return {
    home,
    configHome: xdg(env['XDG_CONFIG_HOME']) ?? join(home, '.config'),
    stateHome: xdg(env['XDG_STATE_HOME']) ?? join(home, '.local/state'),
    cacheHome: xdg(env['XDG_CACHE_HOME']) ?? join(home, '.cache'),
    systemRoot: resolve(given.systemRoot ?? said(env['PROVISIONING_SYSTEM_ROOT']) ?? '/'),
  };
}

/** An empty variable means the same as none. */
export const said = (variable: string | undefined): string | undefined => (variable === '' ? undefined : variable);

/**
 * What a written path means: absolute, `~/…`, or relative to `folder` — the document's own folder, or the current one
 * for variables and flags. Nothing else is expanded; what looks as if it should be is refused.
 */
export function expandPath(path: string, { folder, home }: { folder: string; home: string }): Result<string, string> {
  if (path.includes('\0')) return err('has a NUL character in it');
  if (path === '~') return ok(home);
  if (path.startsWith('~/')) return ok(join(home, path.slice(2)));
  if (path.startsWith('~')) return err('begins with "~", but only "~/" is understood');
  if (/\$[A-Za-z_{(]/.test(path)) return err('has a "$" in it, but variables are not expanded here');
  return ok(resolve(folder, path));
}

/** The XDG rules have relative values ignored. */
const xdg = (value: string | undefined): string | undefined =>
  value !== undefined && isAbsolute(value) ? value : undefined;

/** A `HOME` that is empty or relative names no place. Containers run users without an entry in the user database, too. */
function homeOf(env: Environment): string {
  const home = env['HOME'];
  if (home !== undefined && isAbsolute(home)) return home;
  try {
    return userInfo().homedir || '/';
  } catch {
    return '/';
  }
}
