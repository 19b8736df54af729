import { ok } from '../../../src/domain/result.ts';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLibrary } from '../../../src/adapters/nushell/library.ts';
import { Bench, nuBinary, shippedLibrary } from '../../rig/nushell.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench.remove());

const updateDns = 'export def update-dns [request: record] { { message: "updated" } }\n';

describe('the convention', () => {
  test.each([
    ['server.create', 'servers/create.nu', 'create-server'],
    ['server.delete', 'servers/delete.nu', 'delete-server'],
    ['taskserv.create', 'taskservs/create.nu', 'create-taskserv'],
    ['taskserv.delete', 'taskservs/delete.nu', 'delete-taskserv'],
    ['cluster.create', 'clusters/create.nu', 'create-cluster'],
    ['cluster.delete', 'clusters/delete.nu', 'delete-cluster'],
    ['app.deploy', 'apps/deploy.nu', 'deploy-app'],
    ['app.remove', 'apps/remove.nu', 'remove-app'],
  ])('%s is %s with %s', async (type, module, name) => {
    const found = await bench.library().find(type);
    expect(found).toMatchObject({
      ok: true,
      value: { module, function: name, origin: 'shipped', argument: 'request' },
    });
  });

  test('the known types are exactly the shipped operations, without parts of the library', async () => {
    expect(await bench.library().types()).toEqual([
      'app.deploy',
      'app.remove',
      'cluster.create',
      'cluster.delete',
      'server.check',
      'server.create',
      'server.delete',
      'taskserv.check',
      'taskserv.create',
      'taskserv.delete',
    ]);
  });

  test.each(['dns/update.nu', 'dnss/update.nu'])('a file added as %s is dns.update', async (path) => {
    const library = bench.library(await bench.module(path, updateDns));
    expect(await library.find('dns.update')).toMatchObject({ ok: true, value: { module: path, origin: 'workspace' } });
    const types = await library.types();
    expect(types).toContain('dns.update');
    expect(types).not.toContain('dn.update');
  });

  test('a file that is added while the library is open is found', async () => {
    const library = bench.library(join(bench.workspace, 'nulib'));
    expect(await library.find('dns.update')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    await bench.module('dns/update.nu', updateDns);
    expect(await library.find('dns.update')).toMatchObject({ ok: true });
  });

  test('having both folders is an error that names both', async () => {
    await bench.module('hosts/ping.nu', 'export def ping-host [r] { {} }');
    const library = bench.library(await bench.module('host/stop.nu', 'export def stop-host [r] { {} }'));
    const found = await library.find('host.ping');
    expect(found).toMatchObject({ ok: false, error: { code: 'definition_invalid' } });
    expect(found).toHaveProperty('error.message', 'operations of host are in two folders, hosts/ and host/');
  });

  test('the folder dns/ belongs to dns, so a noun dn beside it is no second folder', async () => {
    await bench.module('dns/update.nu', updateDns);
    const library = bench.library(await bench.module('dn/update.nu', 'export def update-dn [r] { {} }'));
    expect(await library.find('dns.update')).toMatchObject({ ok: true, value: { module: 'dns/update.nu' } });
  });

  test('an unknown type comes with a suggestion, over shipped and own types alike', async () => {
    const library = bench.library(await bench.module('dns/update.nu', updateDns));
    expect(await library.find('server.craete')).toMatchObject({
      ok: false,
      error: { code: 'not_found', hint: 'Did you mean "server.create"?' },
    });
    expect(await library.find('dns.updat')).toHaveProperty('error.hint', 'Did you mean "dns.update"?');
    expect(await library.find('quantum.entangle')).toHaveProperty(
      'error.hint',
      expect.stringContaining('Known operations: app.deploy,'),
    );
  });

  test('a file without the function says which function it needs', async () => {
    const library = bench.library(await bench.module('dns/update.nu', 'export def update-dsn [r] { {} }'));
    expect(await library.find('dns.update')).toMatchObject({
      ok: false,
      error: { code: 'definition_invalid', message: 'dns/update.nu has no function update-dns' },
    });
  });

  test.each([
    'server',
    'server.create.now',
    'Server.create',
    '../x.y',
    'server.cr eate',
    "server.'; ls #",
    '.',
    'a.b\n',
    'é.b',
    '',
  ])('the type %j is refused as no type', async (type) => {
    expect(await bench.library().find(type)).toMatchObject({ ok: false, error: { code: 'definition_invalid' } });
  });

  test('parts of the library are no operations', async () => {
    const library = bench.library(await bench.module('lib/sign.nu', 'export def sign-lib [r] { {} }'));
    expect(await library.find('lib.sign')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});

describe('shadowing', () => {
  test.each([
    ['servers/create.nu', 'export def create-server [r] { {} }'],
    ['server/create.nu', 'export def create-server [r] { {} }'],
  ])('a workspace cannot replace server.create by %s', async (path, text) => {
    const library = bench.library(await bench.module(path, text));
    const found = await library.find('server.create');
    expect(found).toMatchObject({ ok: false, error: { code: 'definition_invalid' } });
    expect(found).toHaveProperty('error.message', expect.stringContaining('servers/create.nu'));
    expect(found).toHaveProperty('error.place.file', join(bench.workspace, 'nulib', path));
  });

  test('a workspace cannot replace a part that shipped operations use', async () => {
    const library = bench.library(await bench.module('lib/task.nu', 'export def run-task [m, c] { }'));
    expect(await library.find('server.create')).toHaveProperty('error.message', expect.stringContaining('lib/task.nu'));
  });

  test('a workspace may add a verb to a shipped noun', async () => {
    const library = bench.library(await bench.module('servers/resize.nu', 'export def resize-server [r] { {} }'));
    expect(await library.find('server.resize')).toMatchObject({ ok: true, value: { origin: 'workspace' } });
    expect(await library.find('server.create')).toMatchObject({ ok: true, value: { origin: 'shipped' } });
  });

  test('files in the root of a workspace and in NU_LIB_DIRS never stand in for the library', async () => {
    const decoy = 'export def create-server [request] { { message: "decoy" } }';
    for (const folder of [bench.workspace, join(bench.root, 'elsewhere')]) {
      await mkdir(join(folder, 'servers'), { recursive: true });
      await writeFile(join(folder, 'servers', 'create.nu'), decoy);
    }
    const library = createLibrary({
      nu: async () => ok(nuBinary()),
      shipped: shippedLibrary,
      envVars: { NU_LIB_DIRS: join(bench.root, 'elsewhere') },
    });
    const outcome = await bench.run({ type: 'server.create', id: 'web-1' }, library);
    expect(outcome.result?.message).toBe('Server web-1 created');
  });
});

describe('nushell.run', () => {
  test.each([
    '../x.nu',
    '/etc/x.nu',
    'a/../../x.nu',
    './x.nu',
    'x',
    'a b.nu',
    "a';ls #.nu",
    'dns\\update.nu',
    'X.nu',
    'a//b.nu',
    '',
  ])('the module %j is refused', async (module) => {
    const library = bench.library(await bench.module('dns/update.nu', updateDns));
    expect(await library.named(module, 'update-dns')).toMatchObject({
      ok: false,
      error: { code: 'definition_invalid' },
    });
  });

  test.each(['', 'update dns', 'update-dns; ls', '$(id)', 'Update', '../x'])(
    'the function %j is refused',
    async (name) => {
      const library = bench.library(await bench.module('dns/update.nu', updateDns));
      expect(await library.named('dns/update.nu', name)).toMatchObject({
        ok: false,
        error: { code: 'definition_invalid' },
      });
    },
  );

  test('a module that is not there comes with a suggestion', async () => {
    const library = bench.library(await bench.module('dns/update.nu', updateDns));
    expect(await library.named('dns/updaet.nu', 'update-dns')).toMatchObject({
      ok: false,
      error: { code: 'not_found', hint: 'Did you mean "dns/update.nu"?' },
    });
  });

  test('without a nulib folder the failure says where to put one', async () => {
    expect(await bench.library().named('dns/update.nu', 'update-dns')).toMatchObject({
      ok: false,
      error: { code: 'not_found', hint: 'Create nulib/dns/update.nu in the workspace.' },
    });
  });

  test('shipped modules are not reachable by it', async () => {
    const library = bench.library(await bench.module('dns/update.nu', updateDns));
    expect(await library.named('servers/create.nu', 'create-server')).toMatchObject({ ok: false });
  });
});

describe('what is needed to start', () => {
  test('a library of another make is refused by name', async () => {
    const old = join(bench.root, 'old');
    await mkdir(join(old, 'servers'), { recursive: true });
    await writeFile(join(old, 'servers', 'create.nu'), 'export def create-server [r] { {} }');
    const library = createLibrary({ nu: async () => ok(nuBinary()), shipped: old, envVars: {} });
    const found = await library.find('server.create');
    if (!found.ok) throw new Error(found.error.message);
    expect(await library.command(found.value)).toMatchObject({ ok: false, error: { code: 'config_invalid' } });
  });

  test('a binary that cannot be executed is refused by name', async () => {
    const nu = join(bench.root, 'nu');
    await writeFile(nu, '', { mode: 0o644 });
    const library = createLibrary({ nu: async () => ok(nu), shipped: shippedLibrary, envVars: {} });
    const found = await library.find('server.create');
    if (!found.ok) throw new Error(found.error.message);
    expect(await library.command(found.value)).toMatchObject({
      ok: false,
      error: { code: 'config_invalid', message: `${nu} cannot be executed` },
    });
    await rm(nu);
  });
});
