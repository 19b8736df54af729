import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import configuration from '../../pkg.config.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/provisioning/packages');

export type Target = keyof typeof configuration.targets;

export const TARGETS = Object.keys(configuration.targets) as readonly Target[];

/** The machine that builds. */
export const OWN = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** What a single file is made of that differs between systems. Paths. */
export interface Parts {
  readonly node: string;
  readonly nu: string;
}

/** A package that the registry does not have, or not for us. */
export class MissingPackage extends Error {}

export const isTarget = (name: string): name is Target => TARGETS.some((target) => target === name);

/** This machine's own parts are here already; those of others come from npm, once. `nu`: a file to be taken instead. */
export function partsOf(target: Target, nu?: string): Parts {
  const { node, nu: nuPackage, binary } = configuration.targets[target];
  const own = target === OWN;
  const found = nu ?? inFolder(join(ROOT, 'node_modules', nuPackage), binary);
  return {
    node: own ? process.execPath : fromRegistry(`${node}@${manifest.devDependencies.node}`, nodeBinary(target)),
    nu: found ?? fromRegistry(`${nuPackage}@${manifest.dependencies.nushell}`, binary),
  };
}

const nodeBinary = (target: Target): string => (target.startsWith('win') ? 'bin/node.exe' : 'bin/node');

function inFolder(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  return existsSync(path) ? path : undefined;
}

/** The file of a package, unpacked into the cache of this checkout. npm checks what it got against the registry's hash. */
function fromRegistry(name: string, file: string): string {
  const folder = join(CACHE, name.replaceAll(/[^\w.@-]/g, '+'));
  const known = inFolder(folder, file);
  if (known !== undefined) return known;
  const temporary = `${folder}.tmp-${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    const packed = spawnSync('npm', ['pack', name, '--loglevel=error', '--pack-destination', temporary], {
      encoding: 'utf8',
    });
    const [archive] = readdirSync(temporary);
    if (packed.status !== 0 || archive === undefined) throw new MissingPackage(missing(name, packed.stderr));
    execFileSync('tar', ['-xzf', join(temporary, archive), '-C', temporary]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(temporary, 'package'), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  const path = inFolder(folder, file);
  if (path === undefined) throw new MissingPackage(`the package ${name} has no ${file}`);
  return path;
}

function missing(name: string, words: string): string {
  const code = /code (E\w+)/.exec(words)?.[1];
  return `the registry does not give out the package ${name}${code === undefined ? '' : ` (${code})`}`;
}
