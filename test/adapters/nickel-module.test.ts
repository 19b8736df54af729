import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../src/adapters/nickel/sandbox.ts';
import { adapter, readModule } from './nickel-rig.ts';

describe('the module that is checked in', () => {
  const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
  const readRecord = async (): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(adapter, 'nickel.json'), 'utf8')) as Record<string, string>;

  test('was built from the source that is checked in: otherwise run build.sh', async () => {
    const sources = (await readdir(join(adapter, 'crate/src'))).map((name) => `crate/src/${name}`).toSorted();
    const names = ['build.sh', 'crate/Cargo.lock', 'crate/Cargo.toml', ...sources];
    const lines = names.map(async (name) => `${sha256(await readFile(join(adapter, name)))}  ${name}\n`);
    expect(sha256((await Promise.all(lines)).join(''))).toBe((await readRecord())['source_sha256']);
  });

  test('is the one that the build recorded, and valid WebAssembly, which nothing looks at when it is used', async () => {
    expect(WebAssembly.validate(await readModule())).toBe(true);
    expect(sha256(await readModule())).toBe((await readRecord())['wasm_sha256']);
  });
});

test('paths of Windows are known inside as paths below a folder for each drive, and come back as they were', () => {
  const files = ['C:\\Users\\Ä b\\a.ncl', 'D:\\lib'];
  const { preopens, paths, host } = sandbox(files, win32);
  expect(preopens).toEqual({ '/C:': 'C:\\', '/D:': 'D:\\' });
  expect(paths).toEqual(['/C:/Users/Ä b/a.ncl', '/D:/lib']);
  expect(paths.map(host)).toEqual(files);
});
