import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Where shipped templates come from: a folder, or the assets of a single executable. Paths are relative, with `/`. */
export interface TemplateFiles {
  list(): Promise<readonly string[]>;
  /** `undefined` when there is no such file. */
  read(path: string): Promise<string | undefined>;
}

export function folderFiles(root: string): TemplateFiles {
  return {
    list: async () => (await readdir(root, { recursive: true })).map((path) => path.split(sep).join('/')),
    read: async (path) => readIfThere(join(root, path)),
  };
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
