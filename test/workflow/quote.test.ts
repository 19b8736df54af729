import { expect, test } from 'vitest';
import { pathText } from '../../src/workflow/document.ts';
import { describe as describeValue, quote } from '../../src/workflow/quote.ts';

test.each([
  ['plain', '"plain"'],
  ['a"b\\', '"a\\"b\\\\"'],
  ['\n\u001b[0m', '"\\n\\u001b[0m"'],
  ['\u009b\u202e\u2066\ufeff\u2028\u00ad', '"\\u009b\\u202e\\u2066\\ufeff\\u2028\\u00ad"'],
  ['\u{e0041}', '"\\u{e0041}"'],
  ['\ud800', '"\\ud800"'],
  ['ünï', '"ünï"'],
  ['x'.repeat(60), `"${'x'.repeat(60)}"`],
  ['x'.repeat(61), `"${'x'.repeat(60)}…" (61 characters)`],
  [`${'x'.repeat(59)}💥💥`, `"${'x'.repeat(59)}…" (63 characters)`],
])('quote number %#: the text is printed as %j', (text, expected) => {
  expect(quote(text)).toBe(expected);
});

test.each([
  [null, 'nothing'],
  [undefined, 'nothing'],
  ['x', '"x"'],
  [1.5, '1.5'],
  [false, 'false'],
  [[], 'an empty list'],
  [[1], 'a list'],
  [{}, 'a record'],
])('%j is called %s', (value, expected) => {
  expect(describeValue(value)).toBe(expected);
});

test.each<[unknown, readonly (string | number)[], string]>([
  [
    { workflow: { operations: [{ id: 'web-1', retry: { attempts: 1 } }] } },
    ['workflow', 'operations', 0, 'retry', 'attempts'],
    'operations[0] (web-1).retry.attempts',
  ],
  [{ operations: [{}, { id: 'not a name' }] }, ['operations', 1, 'id'], 'operations[1].id'],
  [{ servers: [{ name: 'a' }] }, ['servers', 0], 'servers[0] (a)'],
  [{ a: 1 }, ['a', 'b', 'c'], 'a'],
  [{ 'a b': { 'c\n': 1 } }, ['a b', 'c\n'], '"a b"."c\\n"'],
  [[[1]], [0, 0], '[0][0]'],
  [{}, ['constructor'], ''],
])('in %j the path %j is written %s', (value, path, expected) => {
  expect(pathText(value, path)).toBe(expected);
});
