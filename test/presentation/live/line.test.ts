import { describe, expect, test } from 'vitest';
import { cut, lineOf } from '../../../src/presentation/live/line.ts';

const red = (text: string): string => `<${text}>`;

const CASES: readonly (readonly [spans: Parameters<typeof lineOf>[0], columns: number, text: string, width: number])[] =
  [
    [['abc'], 4, 'abc', 3],
    [['abcd'], 4, 'ab…', 3],
    [['ab', { text: 'cdef', paint: red }], 6, 'ab<cd…>', 5],
    [['ab', { text: 'cd', paint: red }, 'ef'], 5, 'ab<c…>', 4],
    [['日本語'], 7, '日本語', 6],
    [['日本語'], 6, '日本…', 5],
    [['日本語'], 5, '日…', 3],
    [['a\u001b[31mb'], 80, String.raw`a\x1b[31mb`, 10],
    [['x'], 1, 'x', 1],
  ];

describe('a row of the screen', () => {
  test.each(CASES)('%j in %i columns', (spans, columns, text, width) => {
    expect(lineOf(spans, columns)).toEqual({ text, width });
  });

  test('never takes the last column', () => {
    for (let columns = 4; columns < 30; columns += 1)
      expect(lineOf(['one ', { text: 'two 日本語 ', paint: red }, 'three four'], columns).width).toBeLessThan(columns);
  });
});

test('a text is cut between characters', () => {
  expect(cut('a日b', 2)).toBe('a');
  expect(cut('a日b', 3)).toBe('a日');
  expect(cut('e\u0301x', 1)).toBe('e\u0301');
});
