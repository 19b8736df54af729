import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A machine's user, all of it in one temporary folder: nothing of the real one is read or written. */
export interface Home {
  /** Everything is below it. */
  readonly root: string;
  /** Where commands run unless told otherwise: an undeclared workspace. */
  readonly workspace: string;
  /** `/etc`, `/usr/local` … are looked for here. */
  readonly systemRoot: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the workspace (or below `root`, for an absolute path) and returns its path. */
  write(path: string, content: string): string;
}

const NODE_FOLDER = join(import.meta.dirname, '..', '..', 'node_modules', '.bin');

export function makeHome(): Home {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'prv-')));
  const at = (name: string): string => join(root, name);
  const folders = { workspace: at('work'), systemRoot: at('system'), dataDir: at('state/provisioning') };
  for (const folder of [at('home'), folders.workspace, folders.systemRoot]) mkdirSync(folder);
  return {
    root,
    ...folders,
    env: {
      HOME: at('home'),
      XDG_CONFIG_HOME: at('config'),
      XDG_STATE_HOME: at('state'),
      XDG_CACHE_HOME: at('cache'),
      PROVISIONING_SYSTEM_ROOT: folders.systemRoot,
      // One that a test forgets does not stay for half an hour.
      PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '120',
      PATH: `${NODE_FOLDER}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
      LANG: 'C.UTF-8',
      TERM: 'dumb',
    },
    write(path, content) {
      const file = path.startsWith('/') ? path : join(folders.workspace, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}

export const removeHome = ({ root }: Home): void => {
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
};
