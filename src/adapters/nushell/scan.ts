import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isModulePath } from './names.ts';

/** One library folder as it is on disk now. */
export interface Scan {
  readonly root: string;
  /** Paths of its modules, relative, with `/`. Files whose names could never be used are left out. */
  readonly files: readonly string[];
}

/** Folders of the library that hold parts, not operations. */
const PARTS: ReadonlySet<string> = new Set(['lib', 'providers']);

/** A folder that is absent holds nothing. Links to folders are not followed. */
export async function scan(root: string): Promise<Scan> {
  const entries = await readdir(root, { recursive: true }).catch(nothingIfAbsent);
  return { root, files: entries.map((path) => path.split(sep).join('/')).filter(isModulePath) };
}

/** The files that could carry noun.verb: at most `NOUNs/VERB.nu` and `NOUN/VERB.nu`. */
export const candidates = (found: Scan, noun: string, verb: string): readonly string[] =>
  PARTS.has(noun) ? [] : found.files.filter((path) => path === `${noun}s/${verb}.nu` || path === `${noun}/${verb}.nu`);

/** The folders `NOUNs` and `NOUN` that have operations of this noun. (`dns` is the plural of `dn` too: names alone do not tell.) */
export async function foldersOf(found: Scan, noun: string): Promise<readonly string[]> {
  const folders = await Promise.all(
    [`${noun}s`, noun].map(async (folder) => {
      const checks = found.files.filter((path) => dirname(path) === folder).map((path) => carries(found, path, noun));
      return (await Promise.all(checks)).some(Boolean) ? [folder] : [];
    }),
  );
  return folders.flat();
}

/** Every noun.verb that this folder defines. A file counts where the function it should have stands in it. */
export async function typesIn(found: Scan): Promise<readonly string[]> {
  const types = found.files.map(async (path) => {
    const folder = dirname(path);
    if (folder === '' || folder.includes('/') || PARTS.has(folder)) return [];
    const nouns = folder.endsWith('s') ? [folder.slice(0, -1), folder] : [folder];
    const carried = await Promise.all(nouns.map(async (noun) => ((await carries(found, path, noun)) ? [noun] : [])));
    return carried.flat().map((noun) => `${noun}.${verbOf(path)}`);
  });
  return (await Promise.all(types)).flat();
}

/** `false` only when Nushell would certainly not find the function: it may also come in through `export use`. */
export async function mayDefine(file: string, functionName: string): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  return mentions(text, functionName) || /^\s*export\s+use\b/m.test(text);
}

/** What a module says of its operation. */
export async function declarations(
  file: string,
  functionName: string,
): Promise<{ idempotent: boolean; probe: string | undefined }> {
  const text = await readFile(file, 'utf8');
  const probe = `probe-${functionName}`;
  const defined = new RegExp(`^export def "?${probe}"?[ \\t]`, 'm').test(text);
  return {
    idempotent: /^export const idempotent = true[ \t\r]*$/m.test(text),
    probe: defined ? probe : undefined,
  };
}

async function carries(found: Scan, path: string, noun: string): Promise<boolean> {
  if (noun === '') return false;
  return mentions(await readFile(join(found.root, path), 'utf8').catch(() => ''), `${verbOf(path)}-${noun}`);
}

const mentions = (text: string, functionName: string): boolean =>
  new RegExp(`(?<![\\w-])${functionName}(?![\\w-])`).test(text);

const dirname = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const verbOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1, -'.nu'.length);

function nothingIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}
