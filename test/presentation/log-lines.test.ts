import { expect, test } from 'vitest';
import { labelledLines } from '../../src/presentation/log-lines.ts';
import { styleOf } from '../../src/presentation/style.ts';

const lines = (...names: readonly string[]) => labelledLines(names, styleOf(false));

test('each line has the name of its task, all of one width', () => {
  const { take } = lines('a', 'web-1');
  expect(take('a', 'one\ntwo\n')).toBe('a     | one\na     | two\n');
  expect(take('web-1', 'x\n')).toBe('web-1 | x\n');
});

test('a line that comes in pieces is one line, whatever others print between', () => {
  const { take, end } = lines('a', 'b');
  expect(take('a', 'one ')).toBe('');
  expect(take('b', 'other\n')).toBe('b | other\n');
  expect(take('a', 'line\nrest')).toBe('a | one line\n');
  expect(end('a')).toBe('a | rest\n');
  expect(end('a')).toBe('');
});

test('long names are cut, and nothing steers the terminal', () => {
  const { take } = lines('x'.repeat(40), 'b');
  expect(take('b', '\u001b[2Jhi\n')).toBe(`b${' '.repeat(23)} | \\x1b[2Jhi\n`);
  expect(take('x'.repeat(40), 'hi\n')).toBe(`${'x'.repeat(24)} | hi\n`);
});
