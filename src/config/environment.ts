import { join } from 'node:path';
import type { ArmedFailpoint } from '../domain/failpoint.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { MODE_SETTINGS } from '../domain/mode.ts';
import type { ModeSetting } from '../domain/mode.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { isCi } from './ci.ts';
import { readFailpoint, withoutFailpoint } from './failpoint.ts';
import { withoutHandedSockets } from './handed-sockets.ts';
import { expandPath, said } from './paths.ts';
import type { Environment, Places } from './paths.ts';

/** What else is taken from the environment. Nobody outside of this folder reads `process.env`. */
export interface EnvironmentFacts {
  /** `CI` is set, to something else than `false` or `0`. */
  readonly ci: boolean;
  /** `PROVISIONING_MODE`. */
  readonly mode: ModeSetting | undefined;
  /** `PROVISIONING_TOKEN_FILE`, absolute. It need not exist. */
  readonly tokenFile: string | undefined;
  readonly noColor: boolean;
  /** `$XDG_CACHE_HOME/provisioning`, absolute. It need not exist. */
  readonly cacheDir: string;
  readonly home: string;
  /** Takes the place of the `versions.toml` that this program carries. It need not exist. */
  readonly versionsFile: string;
  /** `PROVISIONING_FAILPOINT`: where a crash test wants this process to die. */
  readonly failpoint: ArmedFailpoint | undefined;
  /** All of it but the failpoint and what a service manager says to this process: for what is handed on to tasks, and for `env:NAME` references. */
  readonly variables: Environment;
}

export function readEnvironment(
  variables: Environment,
  places: Places,
  cwd: string,
): Result<EnvironmentFacts, readonly Failure[]> {
  const mode = modeOf(said(variables['PROVISIONING_MODE']));
  const tokenFile = tokenFileOf(said(variables['PROVISIONING_TOKEN_FILE']), { folder: cwd, home: places.home });
  const failpoint = readFailpoint(variables);
  if (!mode.ok || !tokenFile.ok || !failpoint.ok)
    return err([mode, tokenFile, failpoint].flatMap((result) => (result.ok ? [] : [result.error])));
  return ok({
    ci: inCi(variables),
    mode: mode.value,
    tokenFile: tokenFile.value,
    noColor: said(variables['NO_COLOR']) !== undefined,
    cacheDir: join(places.cacheHome, 'provisioning'),
    home: places.home,
    versionsFile: join(places.systemRoot, 'usr/local/share/provisioning/versions.toml'),
    failpoint: failpoint.value,
    variables: withoutHandedSockets(withoutFailpoint(variables)),
  });
}

export const inCi = (variables: Environment): boolean => isCi(variables['CI']);

function modeOf(text: string | undefined): Result<ModeSetting | undefined, Failure> {
  const mode = MODE_SETTINGS.find((setting) => setting === text);
  if (text === undefined || mode !== undefined) return ok(mode);
  const message = `PROVISIONING_MODE must be ${MODE_SETTINGS.join(', ')}, not ${JSON.stringify(text)}.`;
  return err(failure('config_invalid', message, { hint: didYouMean(text, MODE_SETTINGS) }));
}

function tokenFileOf(
  text: string | undefined,
  base: { folder: string; home: string },
): Result<string | undefined, Failure> {
  if (text === undefined) return ok(undefined);
  const path = expandPath(text, base);
  if (path.ok) return path;
  return err(failure('config_invalid', `PROVISIONING_TOKEN_FILE is ${JSON.stringify(text)}, which ${path.error}.`));
}
