import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { withoutUnusedParts } from './oclif-parts.ts';

/** A script in many pieces: what is imported when it is needed is a chunk of its own. */
export interface Bundle {
  /** The chunk to begin with. */
  readonly entry: string;
  /** Name, as other chunks require it → code, in ASCII, that uses `exports`, `require` and `module`. */
  readonly chunks: ReadonlyMap<string, string>;
}

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node26',
  // No `keepNames`: it would put a helper into functions that travel to worker threads as text.
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

export async function bundle(entryPoint: string): Promise<Bundle> {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [entryPoint],
    splitting: true,
    // esbuild splits modules only; each piece is translated afterwards.
    format: 'esm',
    outdir: '.',
    write: false,
    plugins: [withoutUnusedParts],
    // oclif looks for TypeScript only in development; nothing of it is wanted in the file.
    external: ['typescript', 'ts-node'],
    define: { 'import.meta.dirname': '""', 'import.meta.url': '"file:///single-executable"' },
  });
  const chunks = new Map<string, string>();
  for (const { path, text } of outputFiles) chunks.set(`./${basename(path)}`, ascii(await commonJs(text)));
  return { entry: `./${basename(entryPoint, '.ts')}.js`, chunks };
}

async function commonJs(text: string): Promise<string> {
  const supported = { 'dynamic-import': false };
  return (await transform(text, { format: 'cjs', platform: 'node', target: 'node26', minify: true, supported })).code;
}

/** V8 keeps text with any other character in twice the space. What is left of them stands in regular expressions and texts. */
const ascii = (text: string): string =>
  text.replaceAll(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One of the small scripts beside this file, with its constants. */
export async function script(entryPoint: string, constants: Readonly<Record<string, unknown>>): Promise<string> {
  const define = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]));
  const { outputFiles } = await build({ ...COMMON, entryPoints: [entryPoint], format: 'cjs', write: false, define });
  return outputFiles[0]?.text ?? '';
}
