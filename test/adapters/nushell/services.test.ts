import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLibrary } from '../../../src/adapters/nushell/library.ts';
import { ok } from '../../../src/domain/result.ts';
import { Bench, nuBinary, shippedLibrary } from '../../rig/nushell.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

const SHIPPED = join(import.meta.dirname, '../../../templates/taskservs');
const CONFIGURE = 'export def configure [context: record, host: record] { [] }\n';

const library = () =>
  createLibrary({
    nu: async () => ok(nuBinary()),
    shipped: shippedLibrary,
    services: { shipped: SHIPPED, workspace: join(bench.workspace, 'taskservs') },
    envVars: {},
  });

async function write(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(bench.workspace, 'taskservs', name);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}

test.each(['os', 'nginx', 'postgres', 'etcd', 'haproxy', 'containerd'])('%s is shipped', async (name) => {
  expect(await library().service(name)).toMatchObject({ ok: true, value: { name, folder: join(SHIPPED, name) } });
});

test('kubernetes is carried out by the library itself', async () => {
  expect(await library().service('kubernetes')).toEqual({ ok: true, value: undefined });
});

test('a folder of the workspace is a taskserv, with the functions that its module has', async () => {
  await write('cache', { 'manifest.toml': 'systems = ["debian"]', 'taskserv.nu': `${CONFIGURE}def health [] {}\n` });
  expect(await library().service('cache')).toMatchObject({ ok: true, value: { functions: ['configure'] } });
});

test.each([
  ['nginxx', 'not_found', 'Did you mean "nginx"?'],
  ['../nginx', 'not_found', 'Known: '],
  ['half', 'definition_invalid', 'manifest.toml and taskserv.nu'],
  ['idle', 'definition_invalid', 'export def configure'],
  ['os', 'definition_invalid', 'another name'],
])('%s is refused, and says what to do', async (name, code, hint) => {
  await write('half', { 'manifest.toml': '' });
  await write('idle', { 'manifest.toml': '', 'taskserv.nu': '' });
  await write('os', { 'manifest.toml': '', 'taskserv.nu': CONFIGURE });
  const found = await library().service(name);
  expect(found).toMatchObject({ ok: false, error: { code, hint: expect.stringContaining(hint) as string } });
});
