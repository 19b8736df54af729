import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { originText } from '../../src/config/origin.ts';
import { machine, SYSTEM, USER, WORKSPACE } from './machine.ts';

describe('layers', () => {
  test('each layer beats the ones below it, and the origin says which one won', async () => {
    const { put, load, home } = machine();
    const layers = [
      'usr/local/share/provisioning/config/config.defaults.toml',
      'usr/local/share/provisioning/platform/config.toml',
      'etc/provisioning/config.toml',
      'etc/provisioning/platform.toml',
      'home/.config/provisioning/config.toml',
      'home/.config/provisioning/platform.toml',
      'home/work/provisioning.toml',
    ];
    const before = await load();
    expect(before.settings.executor.max_concurrent_tasks).toBe(10);
    expect(originText(before.origins['executor.max_concurrent_tasks'])).toBe('built in');
    for (const [index, layer] of layers.entries()) {
      const file = put(layer, `[executor]\n# a comment\nmax_concurrent_tasks = ${index + 1}\n`);
      const { settings, origins, documents } = await load();
      expect(settings.executor.max_concurrent_tasks).toBe(index + 1);
      expect(originText(origins['executor.max_concurrent_tasks'])).toBe(`${file}:3`);
      expect(documents.at(-1)?.file).toBe(file);
    }
    const { settings, origins } = await load({ env: { PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '99', HOME: home } });
    expect(settings.executor.max_concurrent_tasks).toBe(99);
    expect(originText(origins['executor.max_concurrent_tasks'])).toBe('PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS');
  });

  test('arrays replace, tables are merged name by name', async () => {
    const { put, load } = machine();
    put(SYSTEM, '[execution]\nforce_direct = ["*.list"]\n[nushell.env_vars]\nA = "1"\nB = "1"\n');
    put(USER, '[execution]\nforce_direct = []\n[nushell]\nenv_vars = { B = "2", C = "2" }\n');
    const { settings } = await load();
    expect(settings.execution.force_direct).toEqual([]);
    expect(settings.nushell.env_vars).toEqual({ A: '1', B: '2', C: '2' });
  });

  test('an older name in a higher document beats the new name in a lower one', async () => {
    const { put, load } = machine();
    put(SYSTEM, '[orchestrator]\ntimeout_seconds = 10\n');
    put(USER, '[orchestrator]\ntimeout = 20\n');
    expect((await load()).settings.orchestrator.timeout_seconds).toBe(20);
  });

  test('XDG folders are used if they are absolute, and ignored if they are empty or relative', async () => {
    const { put, load, at, home } = machine();
    put('xdg/provisioning/config.toml', '[executor]\nmax_concurrent_tasks = 3\n');
    const used = await load({ env: { XDG_CONFIG_HOME: at('xdg'), XDG_STATE_HOME: at('s'), XDG_CACHE_HOME: at('c') } });
    expect(used.settings.executor.max_concurrent_tasks).toBe(3);
    expect(used.settings.storage.data_dir).toBe(at('s/provisioning'));
    expect(used.environment.cacheDir).toBe(at('c/provisioning'));
    const ignored = await load({ env: { XDG_CONFIG_HOME: '', XDG_STATE_HOME: 'state', XDG_CACHE_HOME: '' } });
    expect(ignored.settings.executor.max_concurrent_tasks).toBe(10);
    expect(ignored.settings.storage.data_dir).toBe(`${home}/.local/state/provisioning`);
    expect(ignored.environment.cacheDir).toBe(`${home}/.cache/provisioning`);
  });

  test('the variable PROVISIONING_SYSTEM_ROOT moves the system documents', async () => {
    const { put, load, root } = machine();
    put(SYSTEM, '[executor]\nmax_concurrent_tasks = 4\n');
    const { settings } = await load({ systemRoot: undefined, env: { PROVISIONING_SYSTEM_ROOT: root } });
    expect(settings.executor.max_concurrent_tasks).toBe(4);
  });

  test('settings cannot be changed after loading', async () => {
    const { settings } = await machine().load();
    expect(Object.isFrozen(settings.execution)).toBe(true);
    expect(Object.isFrozen(settings.execution.force_direct)).toBe(true);
  });
});

describe('defaults that depend', () => {
  test.each([
    [{}, 1800, true],
    [{ CI: '' }, 1800, true],
    [{ CI: 'false' }, 1800, true],
    [{ CI: '0' }, 1800, true],
    [{ CI: 'true' }, 60, false],
    [{ CI: '1' }, 60, false],
    [{ CI: 'woodpecker' }, 60, false],
    [{ CI: 'true', PROVISIONING_ORCHESTRATOR_FALLBACK_TO_DIRECT: 'true' }, 60, true],
    [{ CI: 'true', PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: '5' }, 5, false],
  ])('with %j the orchestrator idles %d s and fallback is %s', async (env, idle, fallback) => {
    const { orchestrator } = (await machine().load({ env })).settings;
    expect(orchestrator.idle_timeout_seconds).toBe(idle);
    expect(orchestrator.fallback_to_direct).toBe(fallback);
  });

  test('a document sets fallback in CI too, under either name', async () => {
    for (const section of ['orchestrator', 'execution']) {
      const { put, load } = machine();
      put(USER, `[${section}]\nfallback_to_direct = true\n`);
      expect((await load({ env: { CI: 'true' } })).settings.orchestrator.fallback_to_direct).toBe(true);
    }
  });

  test('data_dir is the system’s only for root on a machine with system documents', async () => {
    const { put, load, at, home } = machine();
    put(USER, '[executor]\nmax_concurrent_tasks = 3\n');
    expect((await load({ uid: 0 })).settings.storage.data_dir).toBe(`${home}/.local/state/provisioning`);
    put(SYSTEM, '');
    expect((await load({ uid: 0 })).settings.storage.data_dir).toBe(at('var/lib/provisioning'));
    expect((await load({ uid: 1000 })).settings.storage.data_dir).toBe(`${home}/.local/state/provisioning`);
  });
});

describe('paths', () => {
  test('are absolute, below the home, or relative to their document', async () => {
    const { put, load, home, at } = machine();
    put(USER, '[storage]\ndata_dir = "~/state"\n[nushell]\nbinary = "bin/nu"\nprovisioning_lib = "../lib"\n');
    const { storage, nushell } = (await load()).settings;
    expect(storage.data_dir).toBe(`${home}/state`);
    expect(nushell.binary).toBe(at('home/.config/provisioning/bin/nu'));
    expect(nushell.provisioning_lib).toBe(at('home/.config/lib'));
  });

  test('are relative to the current folder in variables', async () => {
    const { load, cwd } = machine();
    const env = { PROVISIONING_STORAGE_DATA_DIR: 'state', PROVISIONING_TOKEN_FILE: 'token' };
    const { settings, environment } = await load({ env });
    expect(settings.storage.data_dir).toBe(`${cwd}/state`);
    expect(environment.tokenFile).toBe(`${cwd}/token`);
  });

  test('an empty text takes away what a lower layer gave', async () => {
    const { put, load } = machine();
    put(SYSTEM, '[orchestrator]\nendpoint = "http://h:1"\n[nushell]\nbinary = "nu"\nprovisioning_lib = "/lib"\n');
    put(USER, '[orchestrator]\nendpoint = ""\n[nushell]\nbinary = ""\nprovisioning_lib = ""\n');
    const { orchestrator, nushell } = (await load()).settings;
    expect([orchestrator.endpoint, nushell.binary, nushell.provisioning_lib]).toEqual([null, null, null]);
  });
});

describe('documents that cannot be read', () => {
  test('a folder in the place of a document is refused by name', async () => {
    const { at, failures } = machine();
    mkdirSync(at(USER), { recursive: true });
    expect(await failures()).toEqual([
      `${USER} This is a folder, where a document should be. (Remove it, or give it another name.)`,
    ]);
  });

  test('bytes that are not UTF-8 are refused, a byte order mark is not', async () => {
    const { put, failures } = machine();
    put(USER, Uint8Array.of(0xef, 0xbb, 0xbf, ...Buffer.from('[orchestrator]\nenabld = true\n')));
    put(SYSTEM, Uint8Array.of(0x23, 0xff, 0x0a));
    expect(await failures()).toEqual([
      `${SYSTEM} This document is not UTF-8 text.`,
      `${USER}:2:1 There is no key enabld in [orchestrator]. (Did you mean "enabled"?)`,
    ]);
  });

  test.skipIf(process.getuid?.() === 0)('a document without the right to read it is refused', async () => {
    const { put, failures } = machine();
    chmodSync(put(USER, ''), 0o000);
    expect(await failures()).toEqual([
      `${USER} This document is not readable for you. (Ask its owner for the right to read it, and its folder.)`,
    ]);
  });
});

describe('the workspace', () => {
  test('is the nearest folder above with a document, by its real path', async () => {
    const { put, load, at, root } = machine();
    put(WORKSPACE, '');
    mkdirSync(at('home/work/infra/deep'), { recursive: true });
    symlinkSync(at('home/work/infra'), at('link'));
    const { workspace } = await load({ cwd: at('link/deep') });
    expect(workspace).toEqual({ root: at('home/work'), declared: true });
    expect((await load({ cwd: root })).workspace).toEqual({ root, declared: false });
  });

  test('is what the flag says before what the variable says before what is found', async () => {
    const { put, load, at } = machine();
    put(WORKSPACE, '');
    put('other/provisioning.toml', '[execution]\ndefault_mode = "direct"\n');
    mkdirSync(at('third'));
    const env = { PROVISIONING_WORKSPACE: at('other') };
    const byVariable = await load({ env });
    expect(byVariable.workspace).toEqual({ root: at('other'), declared: true });
    expect(byVariable.settings.execution.default_mode).toBe('direct');
    const byFlag = await load({ env, flags: { workspace: '../../third' } });
    expect(byFlag.workspace).toEqual({ root: at('third'), declared: false });
    expect((await load({ env: { PROVISIONING_WORKSPACE: '' } })).workspace.root).toBe(at('home/work'));
  });

  test('that was asked for must be a folder', async () => {
    const { put, failures, at } = machine();
    const file = put(WORKSPACE, '');
    expect(await failures({ flags: { workspace: 'nowhere' } })).toEqual([
      '--workspace says "nowhere", which does not exist.',
    ]);
    expect(await failures({ env: { PROVISIONING_WORKSPACE: file } })).toEqual([
      `PROVISIONING_WORKSPACE says "${WORKSPACE}", which is no folder; name the one that it is in, home/work.`,
    ]);
    expect(await failures({ flags: { workspace: at('home') } })).toEqual([]);
    expect(await failures({ cwd: at('gone') })).toEqual(['The current folder does not exist.']);
  });

  test('its document may not set what would hand over a token or a binary, under whatever name', async () => {
    const { put, failures } = machine();
    put(
      WORKSPACE,
      [
        '[orchestrator]',
        'endpoint = "http://evil.example"',
        'data_dir = "/tmp/x"',
        '[execution]',
        'default_mode = "direct"',
        'fallback_to_direct = true',
        '[executor]',
        'nushell_binary = "./nu"',
        'max_concurrent_tasks = 2',
        '[server]',
        'port = 1',
        'tls_key = "key.pem"',
        '[nushell.env_vars]',
        'PATH = "."',
      ].join('\n'),
    );
    const own = '~/.config/provisioning/config.toml';
    expect(await failures()).toEqual([
      `${WORKSPACE}:2:1 orchestrator.endpoint cannot be set by a workspace: it could send your token to a foreign endpoint. (Set orchestrator.endpoint in your own document, ${own}, or in PROVISIONING_ORCHESTRATOR_ENDPOINT.)`,
      `${WORKSPACE}:3:1 orchestrator.data_dir cannot be set by a workspace: it could bring its own records of what exists and what has run. (Set storage.data_dir in your own document, ${own}, or in PROVISIONING_STORAGE_DATA_DIR.)`,
      `${WORKSPACE}:6:1 execution.fallback_to_direct cannot be set by a workspace: it could send your token to a foreign endpoint. (Set orchestrator.fallback_to_direct in your own document, ${own}, or in PROVISIONING_ORCHESTRATOR_FALLBACK_TO_DIRECT.)`,
      `${WORKSPACE}:8:1 executor.nushell_binary cannot be set by a workspace: it could have its own program executed with your rights. (Set nushell.binary in your own document, ${own}, or in PROVISIONING_NUSHELL_BINARY.)`,
      `${WORKSPACE}:11:1 server.port cannot be set by a workspace: it could open a port on your machine. (Set server.port in your own document, ${own}, or in PROVISIONING_SERVER_PORT.)`,
      `${WORKSPACE}:12:1 server.tls_key cannot be set by a workspace: it could open a port on your machine. (Set server.tls_key in your own document, ${own}, or in PROVISIONING_SERVER_TLS_KEY.)`,
      `${WORKSPACE}:13:10 nushell.env_vars cannot be set by a workspace: it could have its own program executed with your rights. (Set nushell.env_vars in your own document, ${own}, or in PROVISIONING_NUSHELL_ENV_VARS.)`,
    ]);
  });

  test('its document is not read by an orchestrator, which serves many', async () => {
    const { put, load } = machine();
    put(WORKSPACE, '[executor]\nmax_concurrent_tasks = 2\n');
    expect((await load()).settings.executor.max_concurrent_tasks).toBe(2);
    expect((await load({ role: 'orchestrator' })).settings.executor.max_concurrent_tasks).toBe(10);
  });
});
