import { ok } from '../../../src/domain/result.ts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createDefinitions } from '../../../src/adapters/documents/definitions.ts';
import type { Document, Path } from '../../../src/ports/definitions.ts';
import type { Evaluator } from '../../../src/ports/evaluator.ts';
import { cpuTime } from '../../rig/cpu-time.ts';

const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noNickel = (): Promise<Evaluator> => Promise.reject(new Error('Nickel is not needed here'));

let count = 0;
const write = (extension: string, text: string | Uint8Array): string => {
  const file = join(folder, `${count++}${extension}`);
  writeFileSync(file, text);
  return file;
};

const read = (file: string, nickel = noNickel) => createDefinitions(async () => ok(await nickel())).read(file);

async function document(extension: string, text: string | Uint8Array): Promise<Document> {
  const result = await read(write(extension, text));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

async function problems(extension: string, text: string | Uint8Array): Promise<readonly string[]> {
  const result = await read(write(extension, text));
  if (result.ok) return [];
  return result.error.map(
    ({ code, place, message }) => `${code} ${place?.line ?? '-'}:${place?.column ?? '-'} ${message}`,
  );
}

const at = (found: Document, ...path: Path): string => {
  const { line, column } = found.locate(path);
  return `${line}:${column}`;
};

const DATA = {
  name: 'deploy',
  operations: [
    { id: 'web-1', type: 'server.create', params: { plan: 'small' } },
    { id: 'k8s', type: 'taskserv.create', dependencies: ['web-1'], retry: { attempts: 3 } },
  ],
};

const JSON_TEXT = `{
  "name": "deploy",
  "operations": [
    { "id": "web-1", "type": "server.create", "params": { "plan": "small" } },
    {
      "id": "k8s", "type": "taskserv.create",
      "dependencies": [
        "web-1" ],
      "retry": { "attempts": 3 }
    }
  ]
}
`;
const YAML_TEXT = `# a comment
name: deploy
operations:
  - id: web-1
    type: server.create
    params: { plan: small }
  - id: k8s
    type: taskserv.create
    dependencies:
      - web-1
    retry:
      attempts: 3
`;
const TOML_TEXT = `name = "deploy" # a comment
[[operations]]
id = "web-1"
type = "server.create"
params = { plan = "small" }

[[operations]]
id = "k8s"
type = "taskserv.create"
dependencies = [
  "web-1",
]
[operations.retry]
attempts = 3
`;

describe.each([
  [
    '.json',
    JSON_TEXT,
    { name: '2:11', operation: '5:5', id: '6:13', dependency: '8:9', retry: '9:16', attempts: '9:30', plan: '4:67' },
  ],
  [
    '.yaml',
    YAML_TEXT,
    { name: '2:7', operation: '7:5', id: '7:9', dependency: '10:9', retry: '11:5', attempts: '12:17', plan: '6:21' },
  ],
  [
    '.yml',
    YAML_TEXT,
    { name: '2:7', operation: '7:5', id: '7:9', dependency: '10:9', retry: '11:5', attempts: '12:17', plan: '6:21' },
  ],
  [
    '.toml',
    TOML_TEXT,
    { name: '1:8', operation: '7:1', id: '8:6', dependency: '11:3', retry: '13:13', attempts: '14:12', plan: '5:19' },
  ],
])('a %s file', (extension, text, places) => {
  test('is read as data', async () => {
    expect((await document(extension, text)).value).toEqual(DATA);
  });

  test('says where each value is', async () => {
    const found = await document(extension, text);
    expect(at(found, 'name')).toBe(places.name);
    expect(at(found, 'operations', 1)).toBe(places.operation);
    expect(at(found, 'operations', 1, 'id')).toBe(places.id);
    expect(at(found, 'operations', 1, 'dependencies', 0)).toBe(places.dependency);
    expect(at(found, 'operations', 1, 'retry')).toBe(places.retry);
    expect(at(found, 'operations', 1, 'retry', 'attempts')).toBe(places.attempts);
    expect(at(found, 'operations', 0, 'params', 'plan')).toBe(places.plan);
  });

  test('says where the nearest enclosing value is, of what it does not have', async () => {
    const found = await document(extension, text);
    expect(at(found, 'operations', 1, 'timeout')).toBe(places.operation);
    expect(at(found, 'operations', 1, 'retry', 'backoff', 3)).toBe(places.retry);
    expect(at(found, 'operations', 1, 'id', 'x')).toBe(places.id);
    expect(found.locate([]).file).toBe(found.file);
  });

  test('is the same with a byte order mark and with CRLF', async () => {
    const found = await document(extension, `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(found.value).toEqual(DATA);
    expect(at(found, 'operations', 1, 'id')).toBe(places.id);
    expect(at(found, 'name')).toBe(places.name);
  });

  test('that is empty or blank is refused', async () => {
    expect(await problems(extension, '')).toEqual(['definition_invalid -:- the file is empty']);
    expect(await problems(extension, '\ufeff \r\n\t\n')).toEqual(['definition_invalid -:- the file is empty']);
  });

  test('that is not UTF-8 is refused where it is not', async () => {
    expect(await problems(extension, Buffer.from('name\n  \xe4\n', 'latin1'))).toEqual([
      'definition_invalid 2:3 the file is not UTF-8 text',
    ]);
    expect(await problems(extension, Buffer.from('name', 'utf16le'))).toEqual([
      'definition_invalid 1:2 the file is not UTF-8 text',
    ]);
  });

  test('keeps a key named __proto__ as a key', async () => {
    const texts = { '.json': '{"__proto__": {"a": 1}}', '.toml': '[__proto__]\na = 1' } as Record<string, string>;
    const { value } = await document(extension, texts[extension] ?? '__proto__: { a: 1 }');
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1}}');
    expect(Object.hasOwn({}, 'a')).toBe(false);
  });
});

describe('a JSON file', () => {
  test.each([
    ['{"a": 1,}', '1:9 expected a key in double quotes; found "}"'],
    ['{"a": 1\n "b": 2}', '2:2 expected "," or "}"; found "\\""'],
    ['[1, 2', '1:6 expected "," or "]"; found the end of the file'],
    ['[1, ]', '1:5 expected a value; found "]"'],
    ['{"a"\n: tru}', '2:3 expected a value; found "t"'],
    ['{\n  // comment\n}', '2:3 expected a key in double quotes; found "/"'],
    ["{'a': 1}", '1:2 expected a key in double quotes; found "\'"'],
    ['{"a" 1}', '1:6 expected ":"; found "1"'],
    ['{"a": 01}', '1:7 expected a value; found "0"'],
    ['{"a": .5}', '1:7 expected a value; found "."'],
    ['{"a": NaN}', '1:7 expected a value; found "N"'],
    ['{"a": "x}', '1:7 this string has no end'],
    ['{"a": "x\ty"}', '1:9 a control character in a string must be written as an escape'],
    ['{"a": "x\\q"}', '1:9 this escape does not exist'],
    ['{"a": "\\u12g4"}', '1:8 this escape does not exist'],
    ['{} {}', '1:4 nothing may follow the end of the document; found "{"'],
    ['{"a": 1, "b": {"c": 1, "c": 2}}', '1:24 this key is given twice'],
    ['{"a": 1, "\\u0061": 2}', '1:10 this key is given twice'],
    ['name: x', '1:1 expected a value; found "n"'],
    ['[1\u00a0]', '1:3 expected "," or "]"; found "\u00a0"'],
    [']', '1:1 expected a value; found "]"'],
  ])('%j is refused at its place', async (text, expected) => {
    expect(await problems('.json', text)).toEqual([`definition_invalid ${expected}`]);
  });

  test.each([
    '0',
    '-1.5e+3',
    '"a\\"\\\\\\u00e4\\n"',
    '[]',
    '{}',
    '[[],{},[{}]]',
    'true',
    ' null ',
    '{"":{"":1}}',
    '"\u2028"',
    '{"a":[1,-0,1E5]}',
  ])('%s is read as JSON.parse reads it', async (text) => {
    expect((await document('.json', text)).value).toEqual(JSON.parse(text));
  });

  test.each([
    '{"a": 1,}',
    '[1 2]',
    '{a: 1}',
    '[01]',
    '[1.]',
    '[-]',
    '["\\x"]',
    '[.1]',
    '[1e]',
    '[+1]',
    '["\n"]',
    '[tru]',
    '[nullx]',
    '[1]]',
    '',
    '"',
    '{"a"}',
    '[,1]',
  ])('%j is refused as JSON.parse refuses it', async (text) => {
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
    expect(await problems('.json', text)).toHaveLength(1);
  });

  test('shows the line in question', async () => {
    const result = await read(write('.json', '{\n  "a": x\n}'));
    expect(result.ok ? '' : result.error[0]?.report).toBe('2 |   "a": x\n  |        ^');
  });

  test('does not show a line that could change the terminal or fill it', async () => {
    for (const line of ['\u001b[31m', '\u202e', 'x'.repeat(500)]) {
      const result = await read(write('.json', `{ ${line} }`));
      expect(result.ok ? 'read' : result.error[0]?.report).toBeUndefined();
    }
  });

  test('counts a column in characters', async () => {
    expect(at(await document('.json', '{"💥💥": 1, "a": 2}'), 'a')).toBe('1:16');
  });

  test('nested 100,000 levels deep does not overflow the stack', async () => {
    const found = await document('.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(at(found, 0, 0, 0)).toBe('1:4');
    expect(await problems('.json', '['.repeat(100_000))).toEqual([
      'definition_invalid 1:100001 expected a value; found the end of the file',
    ]);
  });

  test('of 20,000 operations is read, and every place in it found, without work that grows with its square', async () => {
    const operations = Array.from({ length: 20_000 }, (_, index) => ({
      id: `op-${index}`,
      type: 'command.run',
      params: { argv: ['true'], note: 'x'.repeat(100) },
    }));
    const file = write('.json', JSON.stringify({ name: 'big', operations }));
    const used = cpuTime();
    const result = await read(file);
    if (!result.ok) throw new Error('not read');
    for (const index of operations.keys()) result.value.locate(['operations', index, 'type']);
    // The aim is well below half a second.
    expect(used()).toBeLessThan(2000);
  });
});

describe('a YAML file', () => {
  test.each([
    ['a: 1\na: 2\n', ['2:1 map keys must be unique']],
    ['a: 1\n---\nb: 2\n', ['2:1 a second document begins here; a definition is one']],
    ['a: [1, 2\n', ['2:1 flow sequence in block collection must be sufficiently indented and end with a ]']],
    ['a: !custom 1\n', ['1:4 unresolved tag: !custom']],
    ['a: !!binary aGk=\n', ['1:4 unresolved tag: tag:yaml.org,2002:binary']],
    ['a: *nowhere\n', ['1:4 no anchor "&nowhere" stands before this alias']],
    ['a: 1\nb: { <<: 3 }\n', ['2:10 merge sources must be maps or map aliases']],
    ['a: 1\nb:\n  <<: *nowhere\n', ['3:7 no anchor "&nowhere" stands before this alias']],
    ['a: *b\nb: &b 1\n', ['1:4 no anchor "&b" stands before this alias']],
    ['a:\n\t- b\n', ['2:1 tabs are not allowed as indentation']],
  ])('%j is refused at its place', async (text, expected) => {
    expect((await problems('.yaml', text)).slice(0, 1)).toEqual(
      expected.map((problem) => `definition_invalid ${problem}`),
    );
  });

  test('may use anchors and merge keys', async () => {
    const text =
      'x: &base { type: command.run, timeout: 5 }\noperations:\n  - { <<: *base, id: a }\n  - <<: *base\n    timeout: 6\n  - *base\n';
    const found = await document('.yaml', text);
    expect(found.value).toMatchObject({
      operations: [
        { type: 'command.run', timeout: 5, id: 'a' },
        { type: 'command.run', timeout: 6 },
        { type: 'command.run' },
      ],
    });
    expect(at(found, 'operations', 0, 'type')).toBe('3:5');
    expect(at(found, 'operations', 1, 'timeout')).toBe('5:14');
    expect(at(found, 'operations', 2, 'type')).toBe('6:5');
  });

  test('may use one anchor many times', async () => {
    const text = `base: &base [true]\nuses:\n${'  - *base\n'.repeat(5000)}`;
    expect((await document('.yaml', text)).value).toMatchObject({ base: [true] });
  });

  test('whose aliases stand for billions of values is refused quickly', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level}: &a${level} [${level === 0 ? 'x' : Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`,
    );
    const used = cpuTime();
    expect(await problems('.yaml', levels.join('\n'))).toMatchObject([
      expect.stringMatching(/^definition_invalid .*: ?-|too much data$/),
    ]);
    expect(used()).toBeLessThan(2000);
  });

  test('that contains itself is refused', async () => {
    expect(await problems('.yaml', 'a: &a\n  b: *a\n')).toMatchObject([expect.stringContaining('too much data')]);
  });

  test('that is nested too deeply is refused', async () => {
    expect(await problems('.yaml', `${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toEqual([
      expect.stringMatching(/nested too deeply$/),
    ]);
  });

  test('with nothing but comments is empty', async () => {
    expect(await problems('.yaml', '# nothing\n')).toEqual(['definition_invalid 1:1 the file is empty']);
  });

  test('keeps words as words and dates as text', async () => {
    expect((await document('.yaml', 'a: no\nb: 2026-11-23\nc: 0o17\n1: x\n')).value).toEqual({
      a: 'no',
      b: '2026-11-23',
      c: 15,
      '1': 'x',
    });
  });
});

describe('a TOML file', () => {
  test.each([
    ['a = 1\na = 2\n', "2:1 Cannot redefine existing key 'a'"],
    ['a = \n', '1:5 the line ends too early'],
  ])('%j is refused at its place', async (text, expected) => {
    expect(await problems('.toml', text)).toEqual([`definition_invalid ${expected}`]);
  });

  test('gives dates as text', async () => {
    expect((await document('.toml', 'a = 1979-05-27T07:32:00Z\nb = 1979-05-27\n')).value).toEqual({
      a: '1979-05-27T07:32:00.000Z',
      b: '1979-05-27',
    });
  });
});

describe('a Nickel file', () => {
  const evaluator = (value: unknown) => (): Promise<Evaluator> =>
    Promise.resolve({ evaluate: async () => ({ ok: true, value }) });

  test('has places in words, without the wrapper', async () => {
    const file = write('.ncl', '{}');
    const value = { batch_workflow: { operations: [{ id: 'web-1', params: { plan: 'x' } }] } };
    const result = await read(file, evaluator(value));
    if (!result.ok) throw new Error('not read');
    expect(result.value.value).toBe(value);
    expect(result.value.locate(['batch_workflow', 'operations', 0, 'params', 'plan'])).toEqual({
      file,
      path: 'operations[0] (web-1).params.plan',
    });
    expect(result.value.locate(['batch_workflow'])).toEqual({ file });
  });

  test('fails as its evaluation fails', async () => {
    const failing = (): Promise<Evaluator> =>
      Promise.resolve({
        evaluate: async (file) => ({
          ok: false,
          error: [{ code: 'definition_invalid', message: 'no', place: { file, line: 3, column: 1 } }],
        }),
      });
    const file = write('.ncl', '{');
    expect(await read(file, failing)).toEqual({
      ok: false,
      error: [{ code: 'definition_invalid', message: 'no', place: { file, line: 3, column: 1 } }],
    });
  });
});

describe('a definition file', () => {
  const failureOf = async (file: string) => {
    const result = await read(file);
    return result.ok ? undefined : result.error[0];
  };

  test('that does not exist is not found, and a neighbour is suggested', async () => {
    writeFileSync(join(folder, 'deployment.ncl'), '{}');
    const file = join(folder, 'deploymnt.ncl');
    expect(await failureOf(file)).toEqual({
      code: 'not_found',
      message: 'the file does not exist',
      place: { file },
      hint: 'Did you mean "deployment.ncl"?',
    });
    expect(await failureOf(join(folder, 'deployment'))).toMatchObject({
      code: 'not_found',
      hint: 'Did you mean "deployment.ncl"?',
    });
    expect(await failureOf(join(folder, 'no', 'such.json'))).toMatchObject({ code: 'not_found', hint: undefined });
    expect(await failureOf(join(folder, 'deployment.ncl', 'x.json'))).toMatchObject({ code: 'not_found' });
  });

  test('with another extension is refused with those that are known', async () => {
    const hint = 'Definitions are .ncl, .toml, .yaml, .yml, .json files.';
    expect(await failureOf(write('.xml', '<x/>'))).toMatchObject({
      code: 'definition_invalid',
      message: expect.stringMatching(/^\d+\.xml has an unknown extension$/),
      hint,
    });
    expect(await failureOf(write('', 'x'))).toMatchObject({
      message: expect.stringMatching(/^\d+ has no extension$/),
      hint,
    });
  });

  test('may have its extension in capitals', async () => {
    expect((await document('.JSON', '{}')).value).toEqual({});
  });

  test('that is a folder or a device is refused', async () => {
    mkdirSync(join(folder, 'folder.json'));
    expect(await failureOf(join(folder, 'folder.json'))).toMatchObject({
      code: 'definition_invalid',
      message: 'this is a folder',
    });
    expect(await failureOf('/dev/null')).toMatchObject({
      code: 'definition_invalid',
      message: 'this is not a regular file',
    });
  });

  test('with a NUL in its name is refused', async () => {
    expect(await failureOf(join(folder, 'a\0b.json'))).toMatchObject({ code: 'definition_invalid' });
  });
});
