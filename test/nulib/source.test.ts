import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedLibrary } from '../rig/nushell.ts';

const modules = (await readdir(shippedLibrary, { recursive: true })).filter((path) => path.endsWith('.nu'));

/** What waits for a host that does not answer yet has nothing else to wait on. */
const WAITING = 'providers/ssh/session.nu';

test.each(modules)('%s writes JSON with --raw only, does not sleep, and is short', async (path) => {
  const text = await readFile(join(shippedLibrary, path), 'utf8');
  // Nushell 0.115.1 leaves control characters unescaped in indented JSON.
  expect(text.match(/\bto json(?! --raw|` 0\.115)/g)).toBeNull();
  if (path !== WAITING) expect(text).not.toMatch(/\bsleep\b/);
  expect(text.split('\n').length).toBeLessThanOrEqual(250);
});

test.each(modules)('%s names modules by their path in the library', async (path) => {
  const text = await readFile(join(shippedLibrary, path), 'utf8');
  const named = [...text.matchAll(/^(?:export )?use (\S+\.nu)/gm)].map(([, name]) => name);
  // Nushell reads a module anew for each spelling of its path: with `../` in them a deployment read the providers five times.
  expect(named.filter((name) => !modules.includes(name ?? ''))).toEqual([]);
});
