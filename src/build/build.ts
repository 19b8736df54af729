import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import configuration from '../../pkg.config.json' with { type: 'json' };

/**
 * `npm run build`: one bundled script, the assets and this very Node in one executable file.
 *
 * The bundle is CommonJS, because a single executable's main script is; dynamic imports in it stay lazy.
 */
const ROOT = resolve(import.meta.dirname, '../..');
const WORK = join(ROOT, 'dist/work');
/** Higher levels win 5 % and cost a minute. */
const ZSTD_LEVEL = 12;

mkdirSync(WORK, { recursive: true });
const script = await bundle();
const { assets } = configuration;
const nu = readFileSync(join(ROOT, assets.nu));
const files = JSON.stringify(filesOf(assets.files));
const manifest = {
  nu: { file: basename(assets.nu), sha256: sha256(nu), size: nu.length },
  files: { sha256: sha256(files) },
};
const output = join(ROOT, configuration.output);
const seaConfiguration = {
  main: script,
  mainFormat: 'commonjs',
  executable: stripped(),
  output,
  useCodeCache: true,
  disableExperimentalSEAWarning: true,
  execArgvExtension: 'none',
  assets: {
    manifest: written('manifest', JSON.stringify(manifest)),
    nickel: join(ROOT, assets.nickel),
    'template-engine': written('template-engine', compressed(readFileSync(join(ROOT, assets['template-engine'])))),
    files: written('files', compressed(Buffer.from(files))),
    nu: written('nu', compressed(nu)),
  },
};
execFileSync(process.execPath, ['--build-sea', written('sea.json', JSON.stringify(seaConfiguration))], {
  stdio: 'inherit',
});
chmodSync(output, 0o755);
rmSync(WORK, { recursive: true });
console.log(`${configuration.output}: ${Math.round(statSync(output).size / 1e6)} MB`);

async function bundle(): Promise<string> {
  const outfile = join(WORK, 'provisioning.cjs');
  await build({
    entryPoints: [join(ROOT, configuration.entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    // No `keepNames`: it would put a helper into functions that travel to worker threads as text.
    minify: true,
    legalComments: 'none',
    // oclif looks for TypeScript only in development; nothing of it is wanted in the file.
    external: ['typescript', 'ts-node'],
    define: { 'import.meta.dirname': '""', 'import.meta.url': '"file:///single-executable"' },
    logLevel: 'warning',
  });
  return outfile;
}

/** This Node without symbols for debuggers: 150 → 116 MB. Without `strip`, as it is. */
function stripped(): string {
  const copy = join(WORK, 'node');
  try {
    execFileSync('strip', ['-o', copy, process.execPath], { stdio: 'ignore' });
    return copy;
  } catch {
    console.log('strip is not installed: the file will be about 30 MB larger');
    return process.execPath;
  }
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

function written(name: string, content: string | Uint8Array): string {
  const file = join(WORK, name);
  writeFileSync(file, content);
  return file;
}

function compressed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
