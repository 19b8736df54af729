import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { brotliDecompressSync, constants, zstdCompressSync } from 'node:zlib';
import configuration from '../../pkg.config.json' with { type: 'json' };
import type { Parts, Target } from './targets.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Higher levels win 5 % and cost a minute. */
const ZSTD_LEVEL = 12;

/** Name → content. */
export type Assets = ReadonlyMap<string, string | Uint8Array>;

export interface Executable {
  readonly output: string;
  /** A folder for what is in between. */
  readonly work: string;
  readonly node: string;
  readonly script: string;
  readonly assets: Assets;
  /** Only for the machine that builds. */
  readonly useCodeCache: boolean;
}

/** Node, a script and assets in one file. */
export function writeExecutable({ output, work, node, script, assets, useCodeCache }: Executable): void {
  const written = (name: string, content: string | Uint8Array): string => {
    const file = join(work, name.replaceAll(/[^\w.-]/g, '+'));
    writeFileSync(file, content);
    return file;
  };
  const sea = {
    main: written('main.cjs', script),
    mainFormat: 'commonjs',
    executable: node,
    output,
    useCodeCache,
    disableExperimentalSEAWarning: true,
    // In the first megabyte, V8's own size to begin with, every command has to stop twice to collect: 3 ms of 40. An
    // orchestrator at rest takes no more memory for it. All files of a build alike: compiled code is tied to V8's flags.
    execArgv: ['--min-semi-space-size=4'],
    execArgvExtension: 'none',
    assets: Object.fromEntries([...assets].map(([name, content]) => [name, written(`asset-${name}`, content)])),
  };
  // An orchestrator may run from the one before: a file that is executed cannot be written to, but replaced.
  rmSync(output, { force: true });
  // A name for itself: npm's own `node` may be another one.
  execFileSync(process.execPath, ['--build-sea', written('sea.json', JSON.stringify(sea))], { stdio: 'pipe' });
  chmodSync(output, 0o755);
}

/** What the program carries besides its code; see `src/adapters/system/assets.ts`, which reads it. */
export function contentOf({ nu: binary }: Parts, target: Target): Assets {
  const { assets, targets } = configuration;
  const nu = readFileSync(binary);
  const files = JSON.stringify(filesOf(assets.files));
  const manifest = {
    nu: { file: basename(targets[target].binary), sha256: sha256(nu), size: nu.length },
    files: { sha256: sha256(files) },
  };
  return new Map<string, string | Uint8Array>([
    ['manifest', JSON.stringify(manifest)],
    // As it is used: to decompress 8 MB takes each command that reads a .ncl 10 to 20 ms.
    ['nickel', brotliDecompressSync(readFileSync(join(ROOT, assets.nickel)))],
    ['template-engine', compressed(readFileSync(join(ROOT, assets['template-engine'])))],
    ['files', compressed(Buffer.from(files))],
    ['nu', compressed(nu)],
  ]);
}

function filesOf(folders: Readonly<Record<string, string>>): Record<string, string> {
  const content: Record<string, string> = {};
  for (const [name, folder] of Object.entries(folders))
    for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).toSorted()) {
      const file = join(ROOT, folder, path);
      if (statSync(file).isFile()) content[`${name}/${path.replaceAll('\\', '/')}`] = readFileSync(file, 'utf8');
    }
  return content;
}

function compressed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
