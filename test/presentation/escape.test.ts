import { describe, expect, test } from 'vitest';
import { jsonText, manyLines, oneLine } from '../../src/presentation/escape.ts';

const CASES: readonly (readonly [given: string, one: string, many: string])[] = [
  ['plain – Grüße 漢字', 'plain – Grüße 漢字', 'plain – Grüße 漢字'],
  ['\u001b[31mred', String.raw`\x1b[31mred`, String.raw`\x1b[31mred`],
  ['a\nb\tc', String.raw`a\nb\tc`, 'a\nb\tc'],
  ['a\r\nb\rc', String.raw`a\r\nb\rc`, 'a\nb\\rc'],
  ['\u009b2J\u0007\u007f\0', String.raw`\x9b2J\x07\x7f\x00`, String.raw`\x9b2J\x07\x7f\x00`],
  ['abc\u202edef', String.raw`abc\u202edef`, String.raw`abc\u202edef`],
];

describe('what would control a terminal is shown instead', () => {
  test.each(CASES)('%j', (given, one, many) => {
    expect(oneLine(given)).toBe(one);
    expect(manyLines(given)).toBe(many);
  });
});

test('JSON stays the same data, without characters that a terminal would obey', () => {
  const value = { text: 'a\u009bb\u202ec\u007f\u001b' };
  const text = jsonText(value);
  expect(text).toMatch(/^[\n\x20-\x7e]*\n$/);
  expect(JSON.parse(text)).toEqual(value);
});
