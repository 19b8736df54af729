import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'toml';
import { describe, expect, test } from 'vitest';
import { excerpt } from '../../src/config/position.ts';
import { parseToml } from '../../src/config/toml.ts';
import type { TomlNode } from '../../src/config/toml.ts';

const TRICKY = `# é is one column
a = 1
"quoted.key" = 'x' # "not a key" = 1
site . "google.com" . 'a b' = true
point = { x = 1, y . z = [ 2, { w = 3 } ] }
list = [ # first
  "é", "b",   # "c",
  [ "d",
    "e" ],
]
text = """
fake = 1
[fake]
\\""" still""" 
literal = '''
[[fake]]
'''
 indented  =  [ "𝄞", "after" ]
"q\\".x" . 'z\\' . y = 1
`;

const TABLES = `[ a . "b.c" ]
k = 1
[a]
j = 2
[[items]]
name = "one"
[items.sub]
deep = 1
[[items]]
name = "two"
[a.d]
dotted.e = 3
dotted.f = 4
`;

function tree(text: string): TomlNode {
  const parsed = parseToml(text);
  if (!parsed.ok) throw new Error(`${parsed.error.at.line}:${parsed.error.at.column} ${parsed.error.message}`);
  return parsed.value;
}

/** Every key and every value with its place: `path keyLine:keyColumn`, `path[0] line:column`. */
function places(node: TomlNode, path = ''): string[] {
  if (node.kind === 'array') {
    return node.items.flatMap((item, index) => {
      return [`${path}[${index}] ${item.at.line}:${item.at.column}`, ...places(item, `${path}[${index}]`)];
    });
  }
  if (node.kind !== 'table') return [];
  return [...node.entries].flatMap(([name, { key, node: inner }]) => {
    const here = path === '' ? name : `${path}|${name}`;
    return [`${here} ${key.line}:${key.column}`, ...places(inner, here)];
  });
}

function plain(node: TomlNode): unknown {
  if (node.kind === 'array') return node.items.map(plain);
  if (node.kind !== 'table') return node.value;
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.node)]));
}

describe('places', () => {
  test('every key and element of tricky TOML is found, in characters', () => {
    expect(places(tree(TRICKY))).toEqual([
      'a 2:1',
      'quoted.key 3:1',
      'site 4:1',
      'site|google.com 4:8',
      'site|google.com|a b 4:23',
      'point 5:1',
      'point|x 5:11',
      'point|y 5:18',
      'point|y|z 5:22',
      'point|y|z[0] 5:28',
      'point|y|z[1] 5:31',
      'point|y|z[1]|w 5:33',
      'list 6:1',
      'list[0] 7:3',
      'list[1] 7:8',
      'list[2] 8:3',
      'list[2][0] 8:5',
      'list[2][1] 9:5',
      'text 11:1',
      'literal 15:1',
      'indented 18:2',
      'indented[0] 18:17',
      'indented[1] 18:22',
      'q".x 19:1',
      'q".x|z\\ 19:11',
      'q".x|z\\|y 19:18',
    ]);
  });

  test('headers, arrays of tables and dotted keys are followed', () => {
    expect(places(tree(TABLES))).toEqual([
      'a 1:3',
      'a|b.c 1:7',
      'a|b.c|k 2:1',
      'a|j 4:1',
      'a|d 11:4',
      'a|d|dotted 12:1',
      'a|d|dotted|e 12:8',
      'a|d|dotted|f 13:8',
      'items 5:3',
      'items[0] 5:1',
      'items[0]|name 6:1',
      'items[0]|sub 7:8',
      'items[0]|sub|deep 8:1',
      'items[1] 9:1',
      'items[1]|name 10:1',
    ]);
  });

  test('CRLF does not move any place', () => {
    for (const text of [TRICKY, TABLES]) {
      expect(places(tree(text.replaceAll('\n', '\r\n')))).toEqual(places(tree(text)));
    }
  });

  test('values stand where they begin, not where their key does', () => {
    const root = tree('[s]\nkey =   "v"\nother = [\n 1 ]\n');
    const section = root.kind === 'table' ? root.entries.get('s')?.node : undefined;
    const ats = section?.kind === 'table' ? [...section.entries.values()].map((entry) => entry.node.at) : [];
    expect(ats).toEqual([
      { line: 2, column: 9 },
      { line: 3, column: 9 },
    ]);
  });
});

describe('values', () => {
  const field = new URL('fixtures/field/', import.meta.url);
  const documents = readdirSync(field).map((name) => ({ name, text: readFileSync(new URL(name, field), 'utf8') }));

  const all = [{ name: 'tricky', text: TRICKY }, { name: 'tables', text: TABLES }, ...documents];
  test.each(all)('of $name are those of the package', ({ text }) => {
    expect(plain(tree(text))).toEqual(JSON.parse(JSON.stringify(parse(text))));
  });

  test('dates are kept apart from texts', () => {
    const root = tree('d = 1979-05-27\nt = 07:32:00\no = 1979-05-27T07:32:00Z\ns = "1979-05-27"\n');
    const kinds = root.kind === 'table' ? [...root.entries.values()].map((entry) => entry.node.kind) : [];
    expect(kinds).toEqual(['date', 'date', 'date', 'text']);
  });

  test('a key named like a member of every object is a key like any other', () => {
    expect(places(tree('__proto__ = 1\n[constructor]\ntoString = 2\n'))).toEqual([
      '__proto__ 1:1',
      'constructor 2:2',
      'constructor|toString 3:1',
    ]);
  });
});

describe('what is not TOML', () => {
  test.each([
    ['a = 1\nb = \n', 'the line ends too early', 2, 5],
    ['a = 1\nb = x1\n', '"x" does not belong here', 2, 5],
    ['é = 1\n', '"é" does not belong here', 1, 1],
    ['a = "𝄞" 𝄞\n', '"𝄞" does not belong here', 1, 9],
    ['a = [1,\n', 'the document ends in the middle of something', 2, 1],
    ['a = 1\n[b]\nc = 2\n"c" = 3\n', "Cannot redefine existing key 'b.c'", 4, 1],
    ['a = 1\n[a]\n', "Cannot redefine existing key 'a'", 2, 1],
    ['a = "é"\nb = ["𝄞", 9007199254740993]\n', /cannot be represented losslessly/, 2, 11],
  ])('%j is refused at its place', (text, message, line, column) => {
    const parsed = parseToml(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.error.message).toMatch(message);
    expect(parsed.error.at).toEqual({ line, column });
  });

  test('an excerpt has its caret below the place, whatever stands before it', () => {
    expect(excerpt('x\r\n\té𝄞 = ?\r\n', { line: 2, column: 6 })).toBe('2 | \té𝄞 = ?\n  | \t    ^');
  });
});
