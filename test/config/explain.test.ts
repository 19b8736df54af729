import { describe, expect, test } from 'vitest';
import { explainKey } from '../../src/config/explain.ts';
import { KEYS } from '../../src/config/keys.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { modeRules } from '../../src/config/mode-rules.ts';
import { settingOrigins, settingRows, validation } from '../../src/config/show.ts';
import { machine, SYSTEM, USER } from './machine.ts';

describe('config show', () => {
  test('has every key, with PATH:LINE, variable or "built in"', async () => {
    const { put, load } = machine();
    const file = put(SYSTEM, '[executor]\nmax_concurrent_tasks = 3\n[nushell.env_vars]\nA = "1"\nB = "1"\n');
    const env = { PROVISIONING_SERVER_PORT: '1', PROVISIONING_NUSHELL_ENV_VARS: 'B=2' };
    const configuration = await load({ env });
    const origins = settingOrigins(configuration);
    expect(origins['executor.max_concurrent_tasks']).toBe(`${file}:2`);
    expect(origins['server.port']).toBe('PROVISIONING_SERVER_PORT');
    expect(origins['server.host']).toBe('built in');
    expect(origins['nushell.env_vars.A']).toBe(`${file}:4`);
    expect(origins['nushell.env_vars.B']).toBe('PROVISIONING_NUSHELL_ENV_VARS');
    const keys = settingRows(configuration).map(({ key }) => key.split('.').slice(0, 2).join('.'));
    expect([...new Set(keys)]).toEqual(KEYS.map((key) => key.path));
  });
});

describe('config explain', () => {
  test('shows every layer’s word, the highest first, and which one won', async () => {
    const { put, load } = machine();
    const system = put(SYSTEM, '[orchestrator]\ntimeout = 10\n');
    const user = put(USER, '[orchestrator]\n\ntimeout_seconds = 20\n');
    const configuration = await load({ env: { PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS: '30' } });
    const explained = explainKey(configuration, 'orchestrator.timeout_seconds');
    expect(explained).toEqual({
      ok: true,
      value: {
        key: 'orchestrator.timeout_seconds',
        value: 30,
        type: 'a number from 0.1 to 2147483',
        default: '60',
        meaning: 'How long a client waits for one answer of the orchestrator.',
        variable: 'PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS',
        aliases: ['orchestrator.timeout'],
        scope: 'command',
        refused_in_workspace: 'it could send your token to a foreign endpoint',
        layers: [
          { value: 30, origin: 'PROVISIONING_ORCHESTRATOR_TIMEOUT_SECONDS', won: true },
          { value: 20, origin: `${user}:3`, won: false },
          { value: 10, origin: `${system}:2`, won: false },
          { value: 60, origin: 'built in', won: false },
        ],
      },
    });
  });

  test('takes an older name and a variable for the key, and suggests what was meant', async () => {
    const configuration = await machine().load();
    for (const name of ['orchestrator.port', 'PROVISIONING_SERVER_PORT']) {
      const explained = explainKey(configuration, name);
      expect(explained.ok && explained.value.key).toBe('server.port');
    }
    const hints = ['data_dir', 'storage.datadir', 'xyzzy'].map((name) => {
      const explained = explainKey(configuration, name);
      return explained.ok ? undefined : explained.error.hint;
    });
    expect(hints).toEqual([
      'Did you mean "storage.data_dir"?',
      'Did you mean "storage.data_dir"?',
      'provisioning config show lists all keys.',
    ]);
  });

  test('says what a default depends on', async () => {
    const explained = explainKey(await machine().load({ env: { CI: '1' } }), 'orchestrator.fallback_to_direct');
    if (!explained.ok) throw new Error(explained.error.message);
    expect(explained.value.default).toBe('true; false where CI is set');
    expect(explained.value.layers).toEqual([{ value: false, origin: 'built in (CI is set)', won: true }]);
  });

  test('several layers win in a table that is merged', async () => {
    const { put, load } = machine();
    put(SYSTEM, '[nushell.env_vars]\nA = "1"\nB = "1"\n');
    put(USER, '[nushell.env_vars]\nB = "2"\n');
    const explained = explainKey(await load(), 'nushell.env_vars');
    if (!explained.ok) throw new Error(explained.error.message);
    expect(explained.value.layers.map(({ won }) => won)).toEqual([true, true, false]);
  });
});

describe('mode rules', () => {
  test('each has the place of its own element', async () => {
    const { put, load } = machine();
    const file = put(USER, '[execution]\nforce_direct = [\n  "*.list", # x\n\n  "server.*",\n]\n');
    const env = { PROVISIONING_EXECUTION_FORCE_ORCHESTRATED: 'app.deploy' };
    expect(modeRules(await load({ env }))).toEqual({
      enabled: { value: true, place: 'built in' },
      defaultMode: { value: 'auto', place: 'built in' },
      fallbackToDirect: true,
      rules: [
        {
          list: 'force_orchestrated',
          pattern: 'app.deploy',
          place: 'PROVISIONING_EXECUTION_FORCE_ORCHESTRATED',
          builtin: false,
        },
        { list: 'force_direct', pattern: '*.list', place: `${file}:3`, builtin: false },
        { list: 'force_direct', pattern: 'server.*', place: `${file}:5`, builtin: false },
      ],
    });
  });

  test('built-in ones are marked, because they do not hold where the orchestrator is turned off', async () => {
    const { rules } = modeRules(await machine().load());
    expect(rules.map(({ builtin, place }) => [builtin, place])).toEqual(rules.map(() => [true, 'built in']));
    expect(rules).toHaveLength(8);
  });
});

test('config validate reports failures, warnings and the documents that were read', async () => {
  const { put, load, cwd, root, home } = machine();
  const file = put(USER, '[orchestrator]\ntimeout = 5\n');
  const good = validation({ ok: true, value: await load() });
  expect(good).toMatchObject({ valid: true, failures: [], documents: [file] });
  expect(good.warnings).toHaveLength(1);
  put(USER, '[orchestrator]\ntimeout = "5"\n');
  const bad = validation(await loadConfiguration({ cwd, home, env: {}, uid: 1000, systemRoot: root }));
  expect(bad.valid).toBe(false);
  expect(bad.failures.map(({ place }) => place)).toEqual([{ file, line: 2, column: 11 }]);
});
