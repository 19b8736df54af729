import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect } from 'vitest';
import { createNickel } from '../../src/adapters/nickel/evaluate.ts';
import type { Failure } from '../../src/domain/failure.ts';
import type { Evaluator } from '../../src/ports/evaluator.ts';

export const root = join(import.meta.dirname, '../..');
export const adapter = join(root, 'src/adapters/nickel');
export const library = join(root, 'templates/nickel');
export const readModule = async (): Promise<Uint8Array> =>
  brotliDecompressSync(await readFile(join(adapter, 'nickel.wasm.br')));

export interface NickelRig {
  readonly nickel: Evaluator;
  /** A folder for the files of one test file, known once tests run. */
  readonly folder: () => string;
  /** Writes a file into it and resolves to its path. */
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly valueOf: (content: string) => Promise<unknown>;
  readonly failuresIn: (file: string, evaluator?: Evaluator) => Promise<readonly Failure[]>;
  /** Evaluates `broken.ncl` with this content. */
  readonly failuresOf: (content: string) => Promise<readonly Failure[]>;
}

/** The evaluator with the contracts that we ship, and a folder that is removed after the tests of this file. */
export function useNickel(): NickelRig {
  const nickel = createNickel({ module: readModule, importPaths: [library] });
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provisioning-nickel-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write: NickelRig['write'] = async (name, content) => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  const failuresIn: NickelRig['failuresIn'] = (file, evaluator = nickel) => failuresBy(evaluator, file);
  return {
    nickel,
    folder: () => folder,
    write,
    valueOf: async (content) => valueBy(nickel, await write('value.ncl', content)),
    failuresIn,
    failuresOf: async (content) => failuresIn(await write('broken.ncl', content)),
  };
}

async function valueBy(evaluator: Evaluator, file: string): Promise<unknown> {
  const result = await evaluator.evaluate(file);
  if (!result.ok) throw new Error(result.error.map(({ report, message }) => report ?? message).join('\n'));
  return result.value;
}

async function failuresBy(evaluator: Evaluator, file: string): Promise<readonly Failure[]> {
  const result = await evaluator.evaluate(file);
  if (result.ok) throw new Error(`expected failures, got ${JSON.stringify(result.value)}`);
  expect(result.error.length).toBeGreaterThan(0);
  for (const { code, message } of result.error) {
    expect(code).toBe('definition_invalid');
    expect(message).not.toContain('\n');
  }
  return result.error;
}
