import { describe, expect, test } from 'vitest';
import { styleOf, wantsColour } from '../../src/presentation/style.ts';
import { table, widthOf } from '../../src/presentation/table.ts';
import { between, durationText } from '../../src/presentation/time.ts';

const YES = { isTerminal: true, refused: false, noColor: false, ci: false, terminal: 'xterm' };

describe('there is colour only where somebody looks and nobody said no', () => {
  const CASES: readonly (readonly [Partial<typeof YES>, boolean])[] = [
    [{}, true],
    [{ isTerminal: false }, false],
    [{ refused: true }, false],
    [{ noColor: true }, false],
    [{ ci: true }, false],
    [{ terminal: 'dumb' }, false],
  ];
  test.each(CASES)('%j: %s', (change, answer) => {
    expect(wantsColour({ ...YES, ...change })).toBe(answer);
  });
});

test('without colour nothing is added, with colour it ends where it began', () => {
  expect(styleOf(false).red('x')).toBe('x');
  expect(styleOf(true).red('x')).toBe('\u001b[31mx\u001b[39m');
});

test('a table is as wide as its widest cells, escapes what is in them, and has no blanks at line ends', () => {
  const rows = [
    ['a', 'one\n', ''],
    ['漢字', { text: 'x', paint: (text: string) => `<${text}>` }, 'y'],
  ];
  expect(table(['K', 'V', 'W'], rows, styleOf(false))).toBe(
    ['K     V      W', String.raw`a     one\n`, '漢字  <x>      y', ''].join('\n'),
  );
  expect(widthOf('漢é')).toBe(3);
});

describe('durations', () => {
  const CASES: readonly (readonly [number, string])[] = [
    [0, '0.0s'],
    [1234, '1.2s'],
    [12_345, '12s'],
    [200_000, '3m 20s'],
    [7_500_000, '2h 5m'],
  ];
  test.each(CASES)('%d ms is %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
  test('what has not ended has none', () => {
    expect(between('2026-01-01T00:00:00.000Z', null)).toBe('');
  });
});
