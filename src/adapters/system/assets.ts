import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../domain/failure.ts';
import { ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { unpackOnce } from './unpack.ts';

/** What the program carries with it besides its code: beside the sources in a checkout, inside the single file else. */
export interface Assets {
  nickelModule(): Promise<Uint8Array>;
  templateEngine(): Promise<Uint8Array>;
  /** Folder of the Nushell library. */
  library(): Promise<Result<string, Failure>>;
  /** One of their files, read where it is: nothing is unpacked for it. */
  text(path: `nulib/${string}` | `templates/${string}`): Promise<string>;
  /** Folder of the templates. */
  templates(): Promise<Result<string, Failure>>;
  /** Path of the `nu` binary. */
  nu(): Promise<Result<string, Failure>>;
}

/**
 * `cacheDir`: where a single file unpacks what must be a file, once. `before` Nushell is unpacked here, it may be done
 * elsewhere: what is there then is taken.
 */
export async function createAssets(cacheDir: string, before = () => Promise.resolve()): Promise<Assets> {
  const { getRawAsset, isSea } = await import('node:sea');
  return isSea() ? packed(getRawAsset, cacheDir, before) : inCheckout(join(import.meta.dirname, '..', '..', '..'));
}

function inCheckout(root: string): Assets {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const binary = process.platform === 'win32' ? 'nu.exe' : 'nu';
  const at = (path: string) => Promise.resolve(ok(join(root, path)));
  return {
    async nickelModule() {
      const { brotliDecompressSync } = await import('node:zlib');
      return brotliDecompressSync(await readFile(join(root, 'src/adapters/nickel/nickel.wasm.br')));
    },
    templateEngine: () => readFile(join(root, 'node_modules/minijinja-js/dist/web/minijinja_js_bg.wasm')),
    text: (path) => readFile(join(root, path.startsWith('nulib/') ? `src/${path}` : path), 'utf8'),
    library: () => at('src/nulib'),
    templates: () => at('templates'),
    nu: () => at(`node_modules/@nushell/${platform}-${process.arch}/bin/${binary}`),
  };
}

/** Written by the build, read here: names of unpacked folders carry these hashes. */
export interface Manifest {
  readonly nu: { readonly file: string; readonly sha256: string; readonly size: number };
  readonly files: { readonly sha256: string };
}

/** The asset `files`: relative path → content, of the library and the templates. */
export type PackedFiles = Readonly<Record<string, string>>;

function packed(raw: (name: string) => ArrayBuffer, base: string, before: () => Promise<void>): Assets {
  const bytes = (name: string): Uint8Array => new Uint8Array(raw(name));
  const manifest = JSON.parse(new TextDecoder().decode(bytes('manifest'))) as Manifest;
  const inflate = async (name: string): Promise<Uint8Array> => {
    const { zstdDecompressSync } = await import('node:zlib');
    return zstdDecompressSync(bytes(name));
  };
  const files = async () => JSON.parse(new TextDecoder().decode(await inflate('files'))) as PackedFiles;
  const folder = async (name: string): Promise<Result<string, Failure>> => {
    const target = join(base, `files-${manifest.files.sha256.slice(0, 16)}`);
    const unpacked = await unpackOnce({ target, files, mode: 0o600 });
    return unpacked.ok ? ok(join(target, name)) : unpacked;
  };
  return {
    nickelModule: () => Promise.resolve(bytes('nickel')),
    templateEngine: () => inflate('template-engine'),
    async text(path) {
      const text = (await files())[path];
      if (text === undefined) throw new Error(`${path} is missing in this program`);
      return text;
    },
    library: () => folder('nulib'),
    templates: () => folder('templates'),
    async nu() {
      const target = join(base, `nu-${manifest.nu.sha256.slice(0, 16)}`);
      if (!existsSync(target)) await before();
      const files = async () => ({ [manifest.nu.file]: await inflate('nu') });
      const unpacked = await unpackOnce({ target, files, mode: 0o700, sha256: manifest.nu.sha256 });
      return unpacked.ok ? ok(join(target, manifest.nu.file)) : unpacked;
    },
  };
}
