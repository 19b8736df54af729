import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Configuration, LoadOptions } from '../../src/config/load.ts';

/** A machine of its own: a root with system paths, a home and a current folder, all in a temporary folder. */
export interface Machine {
  readonly root: string;
  readonly home: string;
  readonly cwd: string;
  /** Absolute path of a file or folder below the root. */
  readonly at: (path: string) => string;
  /** Writes a document below the root and returns its absolute path. */
  readonly put: (path: string, text: string | Uint8Array) => string;
  readonly load: (options?: Partial<LoadOptions>) => Promise<Configuration>;
  /** The failures as `path:line:column message (hint)`, paths below the root. */
  readonly failures: (options?: Partial<LoadOptions>) => Promise<readonly string[]>;
}

export const SYSTEM = 'etc/provisioning/config.toml';
export const USER = 'home/.config/provisioning/config.toml';
export const WORKSPACE = 'home/work/provisioning.toml';

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

export function machine(): Machine {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'provisioning-config-')));
  made.push(root);
  const at = (path: string) => join(root, path);
  const home = at('home');
  const cwd = at('home/work');
  mkdirSync(cwd, { recursive: true });
  const options = { cwd, home, env: {}, uid: 1000, systemRoot: root };
  return {
    root,
    home,
    cwd,
    at,
    put: (path, text) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
      return at(path);
    },
    load: async (extra) => {
      const loaded = await loadConfiguration({ ...options, ...extra });
      if (loaded.ok) return loaded.value;
      throw new Error(loaded.error.map((failure) => describe(failure, root)).join('\n'));
    },
    failures: async (extra) => {
      const loaded = await loadConfiguration({ ...options, ...extra });
      return loaded.ok ? [] : loaded.error.map((failure) => describe(failure, root));
    },
  };
}

function describe({ message, place, hint }: Failure, root: string): string {
  const where = place === undefined ? [] : [place.file, place.line, place.column].filter((part) => part !== undefined);
  const text = [...(where.length > 0 ? [where.join(':')] : []), message, ...(hint === undefined ? [] : [`(${hint})`])];
  return text.join(' ').replaceAll(`${root}/`, '');
}
