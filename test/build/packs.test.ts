import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { indexOf, packing, packText } from '../../src/build/packs.ts';
import type { Use } from '../../src/build/packs.ts';

const use = (line: string, ...chunks: readonly string[]): Use => ({ line, chunks: new Set(chunks) });

test('what version or help needs is apart from what the other commands need', () => {
  const packed = packing(
    ['./main.js', './command.js'],
    [use('version', './main.js'), use('list', './main.js', './command.js')],
  );
  expect([...packed]).toEqual([
    ['text', ['./main.js']],
    ['list', ['./command.js']],
  ]);
});

test('what most commands need is one pack, what the same few need another, and what none needs stands alone', () => {
  const uses = [
    use('a', './all.js', './ab.js', './ab2.js'),
    use('b', './all.js', './ab.js', './ab2.js'),
    use('c', './all.js'),
    use('d', './all.js'),
  ];
  const packed = packing(['./all.js', './ab.js', './ab2.js', './rare.js'], uses);
  expect([...packed]).toEqual([
    ['command', ['./all.js']],
    ['a-b', ['./ab.js', './ab2.js']],
    ['-rare', ['./rare.js']],
  ]);
});

test('names that would be the same are told apart, so that no pack replaces another', () => {
  const long = 'x'.repeat(60);
  const packed = packing([`./${long}1.js`, `./${long}2.js`], []);
  expect(new Set(packed.keys()).size).toBe(2);
  expect(Object.keys(indexOf(packed).packOf)).toEqual([`./${long}1.js`, `./${long}2.js`]);
});

test('a pack is a script whose value has a function for each chunk', () => {
  const code = new Map([
    ['./a.js', 'exports.a = require("./b.js") // the last line'],
    ['./b.js', 'module.exports = 2'],
  ]);
  const pack = new Script(packText(['./a.js', './b.js'], code)).runInThisContext() as Record<
    string,
    (...parts: unknown[]) => void
  >;
  const exports: { a?: number } = {};
  pack['./a.js']?.(exports, () => 7);
  expect(exports).toEqual({ a: 7 });
});
