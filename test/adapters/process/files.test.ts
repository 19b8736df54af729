import { expect, test } from 'vitest';
import { parseRecord } from '../../../src/adapters/process/files.ts';

test.each([
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740993', '9007199254740993'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['18446744073709551615', '18446744073709551615'],
  ['1e400', '1e400'],
  ['1e20', 1e20],
  ['0.1234567890123456', 0.1234567890123456],
  ['"18446744073709551615"', '18446744073709551615'],
])('a task that says %s is not told another number', (written, read) => {
  expect(parseRecord(`{ "a": [{ "b": ${written} }] }`)).toEqual({ a: [{ b: read }] });
});

test.each(['', '[]', '3', '{', '{"a":1}}', 'null'])('%j is no record', (text) => {
  expect(parseRecord(text)).toBe('damaged');
});
