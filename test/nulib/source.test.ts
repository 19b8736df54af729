import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedLibrary } from '../rig/nushell.ts';

const modules = (await readdir(shippedLibrary, { recursive: true })).filter((path) => path.endsWith('.nu'));

test.each(modules)('%s writes JSON with --raw only, sleeps never, and is short', async (path) => {
  const text = await readFile(join(shippedLibrary, path), 'utf8');
  // Nushell 0.115.1 leaves control characters unescaped in indented JSON.
  expect(text.match(/\bto json(?! --raw|` 0\.115)/g)).toBeNull();
  expect(text).not.toMatch(/\bsleep\b/);
  expect(text.split('\n').length).toBeLessThanOrEqual(250);
});
