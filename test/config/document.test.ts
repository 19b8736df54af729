import { describe, expect, test } from 'vitest';
import { KEYS } from '../../src/config/keys.ts';
import { readDocument } from '../../src/config/document.ts';
import { machine, SYSTEM, USER } from './machine.ts';

/** `line:column message (hint)` for each failure of a document. */
function failuresOf(text: string): readonly string[] {
  const { failures } = readDocument({ file: '/d/config.toml', text, ofWorkspace: false }, '/home/me');
  return failures.map(({ place, message, hint }) => {
    return `${place?.line}:${place?.column} ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
}

describe('unknown names', () => {
  test.each([
    ['[orchestrator]\nenabeld = true', '2:1 There is no key enabeld in [orchestrator]. (Did you mean "enabled"?)'],
    ['[storage]\nport = 1', '2:1 There is no key port in [storage]. (port belongs in [server].)'],
    ['[server]\nxyzzy = 1', '2:1 There is no key xyzzy in [server]. (There are host, port, tls_cert, tls_key.)'],
    [
      'orchestrator.timeuot_seconds = 1',
      '1:14 There is no key timeuot_seconds in [orchestrator]. (Did you mean "timeout_seconds"?)',
    ],
    ['[orchestratr]\nenabled = true', '1:2 There is no section [orchestratr]. (Did you mean "orchestrator"?)'],
    [
      '[xyzzy]',
      '1:2 There is no section [xyzzy]. (There are orchestrator, execution, server, storage, executor, nushell, pools.)',
    ],
    ['default_mode = "auto"', '1:1 default_mode stands outside of any section. (default_mode belongs in [execution].)'],
    [
      'xyzzy = 1',
      '1:1 xyzzy stands outside of any section. (Put keys below a section: orchestrator, execution, server, storage, executor, nushell, pools.)',
    ],
    [
      '[providers.aws]\nregion = "x"',
      '1:2 This version does not have defaults of providers ([providers]). (Remove it.)',
    ],
    ['[[server]]\nport = 1', '1:3 server must be a table: a line [server] with its keys below it.'],
    ['server = 1', '1:1 server must be a table: a line [server] with its keys below it.'],
  ])('%j', (text, expected) => {
    expect(failuresOf(text)).toEqual([expected]);
  });
});

describe('bad values are refused where they stand', () => {
  test.each([
    ['orchestrator', 'enabled = "yes"', 'must be true or false, not the text "yes".'],
    ['orchestrator', 'enabled = 1', 'must be true or false, not 1.'],
    ['orchestrator', 'timeout = "60"', 'must be a number from 0.1 to 2147483, not the text "60".'],
    ['orchestrator', 'timeout_seconds = 0', 'must be a number from 0.1 to 2147483, not 0.'],
    ['orchestrator', 'timeout_seconds = nan', 'must be a number from 0.1 to 2147483, not NaN.'],
    ['executor', 'task_timeout_seconds = inf', 'must be a number from 0 to 2147483, not Infinity.'],
    ['executor', 'task_timeout_seconds = -1', 'must be a number from 0 to 2147483, not -1.'],
    ['executor', 'max_concurrent_tasks = 2.5', 'must be a whole number from 1 to 10000, not 2.5.'],
    [
      'executor',
      'max_concurrent_tasks = 1979-05-27',
      'must be a whole number from 1 to 10000, not the date 1979-05-27.',
    ],
    ['server', 'port = 65536', 'must be a whole number from 0 to 65535, not 65536.'],
    [
      'server',
      'host = "localhost:80"',
      'must be a host name or an address, without scheme and port, not the text "localhost:80".',
    ],
    [
      'orchestrator',
      'endpoint = "localhost:9090"',
      'must be a URL such as "http://localhost:9090", not the text "localhost:9090".',
    ],
    [
      'orchestrator',
      'endpoint = "http://me:secret@h"',
      'has a name or password in it, which would be shown and logged. (Put the token into a file and name it in PROVISIONING_TOKEN_FILE.)',
    ],
    [
      'execution',
      'default_mode = "directt"',
      'must be "auto" or "direct" or "orchestrated", not the text "directt". (Did you mean "direct"?)',
    ],
    [
      'execution',
      'force_direct = "*.list"',
      'must be an array of command names such as ["server.create", "*.list"], not the text "*.list".',
    ],
    [
      'storage',
      'backend = "surrealdb"',
      'cannot be "surrealdb": this version keeps its state in files only; it has no adapter for SurrealDB. (Set it to "filesystem", or leave it out.)',
    ],
    [
      'storage',
      'backend = "filesytem"',
      'must be "filesystem", not the text "filesytem". (Did you mean "filesystem"?)',
    ],
    ['storage', 'data_dir = ""', 'must be a path in quotes, not empty.'],
    ['storage', 'data_dir = "~bob/x"', 'is "~bob/x", which begins with "~", but only "~/" is understood.'],
    ['storage', 'data_dir = "$HOME/x"', 'is "$HOME/x", which has a "$" in it, but variables are not expanded here.'],
    ['nushell', 'env_vars = []', 'must be a table of texts such as { NAME = "value" }, not an array.'],
  ])('[%s] %s', (section, line, expected) => {
    const name = line.split(' ')[0] ?? '';
    const column = line.indexOf('=') + 3;
    expect(failuresOf(`[${section}]\n${line}`)).toEqual([`2:${column} ${section}.${name} ${expected}`]);
  });

  test('each element of an array, and each entry of a table, has its own failure', () => {
    const text = `[execution]
force_direct = [
  "*.list",
  "server create", 3,
  "Server.create",
]
[nushell.env_vars]
PORT = 8080
"A=B" = "x"
`;
    expect(failuresOf(text)).toEqual([
      '4:3 execution.force_direct has the rule "server create", which must join noun and verb with a dot. (Write noun.verb, such as "server.create".)',
      '4:20 execution.force_direct must be an array of command names such as ["server.create", "*.list"], not 3.',
      '5:3 execution.force_direct has the rule "Server.create", which has capital letters; names of commands have none. (Write noun.verb, such as "server.create".)',
      '8:8 nushell.env_vars.PORT must be a text in quotes, not 8080. (Write "8080".)',
      '9:1 nushell.env_vars has "A=B", no variable\'s name.',
    ]);
  });

  test('a failure shows the line with a caret', () => {
    const text = '[server]\nport = "x"\n';
    const { failures } = readDocument({ file: '/d/config.toml', text, ofWorkspace: false }, '/home/me');
    expect(failures[0]?.report).toBe('2 | port = "x"\n  |        ^');
    expect(failures[0]?.code).toBe('config_invalid');
  });

  test('a document that is not TOML is refused at the place', () => {
    expect(failuresOf('[server]\nport = \n')).toEqual(['2:8 This is not valid TOML: the line ends too early.']);
  });
});

describe('several names of one setting in one document', () => {
  const said = (text: string) => readDocument({ file: '/d/config.toml', text, ofWorkspace: false }, '/home/me').said;

  test('may agree', () => {
    const text = '[orchestrator]\ntimeout_seconds = 5\ntimeout = 5\n';
    expect(failuresOf(text)).toEqual([]);
    expect(said(text).map(({ key, value }) => [key, value])).toEqual([['orchestrator.timeout_seconds', 5]]);
  });

  test.each([
    [
      '[orchestrator]\ntimeout = 5\ntimeout_seconds = 6\n',
      2,
      'orchestrator.timeout (line 2) and orchestrator.timeout_seconds (line 3)',
    ],
    [
      '[orchestrator]\ntimeout_seconds = 6\ntimeout = 5\n',
      3,
      'orchestrator.timeout_seconds (line 2) and orchestrator.timeout (line 3)',
    ],
  ])('may not differ: %j', (text, line, both) => {
    expect(failuresOf(text)).toEqual([
      `${line}:1 ${both} are the same setting and say different things. (Keep orchestrator.timeout_seconds and remove orchestrator.timeout, its older name.)`,
    ]);
  });
});

test('all failures of all documents and variables are reported at once', async () => {
  const { put, failures } = machine();
  put(SYSTEM, '[server]\nport = "x"\nhots = "h"\n');
  put(USER, '[execution\n');
  const env = { PROVISIONING_MODE: 'orchestrate', PROVISIONING_SERVER_PROT: '1' };
  expect(await failures({ env, flags: { workspace: 'nowhere' } })).toEqual([
    `${SYSTEM}:2:8 server.port must be a whole number from 0 to 65535, not the text "x".`,
    `${SYSTEM}:3:1 There is no key hots in [server]. (Did you mean "host"?)`,
    `${USER}:1:11 This is not valid TOML: the line ends too early.`,
    'PROVISIONING_SERVER_PROT is no setting. (Did you mean "PROVISIONING_SERVER_PORT"?)',
    'PROVISIONING_MODE must be auto, direct, orchestrated, not "orchestrate". (Did you mean "orchestrated"?)',
    '--workspace says "nowhere", which does not exist.',
  ]);
});

test('no older name is also a name of today, and no two keys share a variable', () => {
  const names = [...KEYS.map((key) => key.path), ...KEYS.flatMap((key) => key.aliases)];
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(KEYS.map((key) => key.variable)).size).toBe(KEYS.length);
});
