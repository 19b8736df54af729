import { describe, expect, test } from 'vitest';
import { KEYS } from '../../src/config/keys.ts';
import { readVariables } from '../../src/config/variables.ts';

const BASE = { folder: '/cwd', home: '/home/me' };

const values = (env: Readonly<Record<string, string>>) => {
  const { said, failures } = readVariables(env, BASE);
  if (failures.length > 0) throw new Error(failures.map((failure) => failure.message).join('\n'));
  return Object.fromEntries(said.map(({ key, value }) => [key, value]));
};

const failures = (env: Readonly<Record<string, string>>) =>
  readVariables(env, BASE).failures.map(({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`);

test('every key has a variable, named by section and key', () => {
  const examples: Readonly<Record<string, string>> = {
    boolean: 'true',
    number: '1',
    path: '/x',
    program: 'nu',
    url: 'http://h',
    host: 'h',
    patterns: 'a.b',
    environment: 'A=1',
  };
  for (const key of KEYS) {
    expect(key.variable).toBe(`PROVISIONING_${key.path.replace('.', '_').toUpperCase()}`);
    const text = key.type.kind === 'choice' ? (key.type.of[0] ?? '') : (examples[key.type.kind] ?? '');
    expect(Object.keys(values({ [key.variable]: text }))).toEqual([key.path]);
  }
});

describe('texts', () => {
  test.each([
    ['ORCHESTRATOR_ENABLED', 'true', true],
    ['ORCHESTRATOR_ENABLED', 'FALSE', false],
    ['ORCHESTRATOR_ENABLED', '1', true],
    ['ORCHESTRATOR_ENABLED', ' 0 ', false],
    ['EXECUTOR_TASK_TIMEOUT_SECONDS', '1.5', 1.5],
    ['SERVER_PORT', ' 8080 ', 8080],
    ['EXECUTION_FORCE_DIRECT', 'a.b c.*,help , *.list', ['a.b', 'c.*', 'help', '*.list']],
    ['EXECUTION_FORCE_DIRECT', 'server.{create,delete},help', ['server.{create,delete}', 'help']],
    ['EXECUTION_FORCE_DIRECT', ',', []],
    ['NUSHELL_ENV_VARS', 'A=1 B=x=y,C=', { A: '1', B: 'x=y', C: '' }],
    ['NUSHELL_ENV_VARS', '{"A": "1, 2"}', { A: '1, 2' }],
    ['STORAGE_DATA_DIR', '~/state', '/home/me/state'],
    ['STORAGE_DATA_DIR', 'state', '/cwd/state'],
    ['NUSHELL_BINARY', 'nu', 'nu'],
  ])('PROVISIONING_%s=%j', (name, text, expected) => {
    expect(Object.values(values({ [`PROVISIONING_${name}`]: text }))).toEqual([expected]);
  });

  test('an empty variable is none', () => {
    expect(values({ PROVISIONING_SERVER_PORT: '', PROVISIONING_ORCHESTRATOR_NONSENSE: '' })).toEqual({});
  });

  test.each([
    ['ORCHESTRATOR_ENABLED', 'yes', 'must be true or false, not the text "yes".'],
    ['SERVER_PORT', '0x50', 'must be a whole number from 0 to 65535, not the text "0x50".'],
    ['SERVER_PORT', 'tcp://10.0.0.1:80', 'must be a whole number from 0 to 65535, not the text "tcp://10.0.0.1:80".'],
    ['NUSHELL_ENV_VARS', 'A', 'must be a table of texts such as { NAME = "value" }, not the text "A".'],
    [
      'NUSHELL_ENV_VARS',
      '{"A": 1}',
      'must be a table of texts such as { NAME = "value" }, not the text "{\\"A\\": 1}".',
    ],
    [
      'EXECUTION_FORCE_DIRECT',
      'a.b.c',
      'has the rule "a.b.c", which has more than one dot. (Write noun.verb, such as "server.create".)',
    ],
  ])('PROVISIONING_%s=%j is refused', (name, text, expected) => {
    expect(failures({ [`PROVISIONING_${name}`]: text })).toEqual([`PROVISIONING_${name} ${expected}`]);
  });
});

describe('names', () => {
  test.each([
    [
      'PROVISIONING_STORAGE_DATADIR',
      'PROVISIONING_STORAGE_DATADIR is no setting. (Did you mean "PROVISIONING_STORAGE_DATA_DIR"?)',
    ],
    [
      'PROVISIONING_ORCHESTRATOR_PORT',
      'PROVISIONING_ORCHESTRATOR_PORT is no setting. (Its name is PROVISIONING_SERVER_PORT.)',
    ],
    [
      'PROVISIONING_SERVER_WHATEVER_IT_IS_CALLED',
      'PROVISIONING_SERVER_WHATEVER_IT_IS_CALLED is no setting. (There are PROVISIONING_SERVER_HOST, PROVISIONING_SERVER_PORT, PROVISIONING_SERVER_TLS_CERT, PROVISIONING_SERVER_TLS_KEY.)',
    ],
    [
      'PROVISIONING_POOLS_AWS_LIMIT',
      'PROVISIONING_POOLS_AWS_LIMIT is no setting: pools have no variables. (Set [pools.NAME] in a document.)',
    ],
  ])('%s is refused', (name, expected) => {
    expect(failures({ [name]: '1' })).toEqual([expected]);
  });

  test.each([
    'MODE',
    'WORKSPACE',
    'TOKEN_FILE',
    'SYSTEM_ROOT',
    'TASK_DIR',
    'SOCKET',
    'SERVER',
    'SERVERS_X',
    'FAILPOINT',
  ])('PROVISIONING_%s is no setting of a section and is left alone', (name) => {
    expect(values({ [`PROVISIONING_${name}`]: 'x' })).toEqual({});
  });
});
