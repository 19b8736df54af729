import { describe, expect, test } from 'vitest';
import { canonical, sameDefinition } from '../../src/workflow/compare.ts';

describe('canonical', () => {
  test.each<[unknown, string]>([
    [{ b: 1, a: [{ d: null, c: 'x' }] }, '{"a":[{"c":"x","d":null}],"b":1}'],
    [{ '10': 1, '9': 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    [[], '[]'],
    [{}, '{}'],
    [[[], {}], '[[],{}]'],
    ['ä"\n', '"ä\\"\\n"'],
    [null, 'null'],
    [-0, '0'],
    [1e21, '1e+21'],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [JSON.parse('{"__proto__":{"b":1,"a":2}}'), '{"__proto__":{"a":2,"b":1}}'],
  ])('of %j is %s', (value, expected) => {
    expect(canonical(value)).toBe(expected);
  });

  test('is JSON of the same data', () => {
    const value = { z: [1, { y: 'x', x: [true, false, null] }], a: { c: {}, b: [] } };
    expect(JSON.parse(canonical(value))).toEqual(value);
  });

  test('of data that is nested 100,000 levels deep does not overflow the stack', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(canonical(JSON.parse(text))).toBe(text);
  });
});

describe('two definitions are the same', () => {
  test.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [2, 1], false],
    [{ a: [] }, { a: {} }, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(sameDefinition(a, b)).toBe(expected);
  });
});
