import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { createLoader } from '../../src/build/loader.ts';
import { indexOf, packText } from '../../src/build/packs.ts';

const CODE = new Map([
  ['./main.js', 'exports.later = () => require("./later.js"); exports.once = require("./state.js")'],
  ['./later.js', 'exports.state = require("./state.js")'],
  ['./state.js', 'exports.count = (exports.count ?? 0) + 1'],
  ['./wants.js', 'require("typescript")'],
  ['./path.js', 'exports.join = require("node:path").join'],
]);
const PACKED = new Map([
  ['text', ['./main.js', './state.js']],
  ['rest', ['./later.js', './wants.js', './path.js']],
]);
const source = (pack: string): string => packText(PACKED.get(pack) ?? [], CODE);

test('a pack is read when one of its chunks is first asked for, and a chunk runs once', () => {
  const [packs, ran]: [string[], string[]] = [[], []];
  const load = createLoader(indexOf(PACKED), {
    source,
    compiled: () => undefined,
    loaded: (pack) => void packs.push(pack),
    ran: (chunk) => void ran.push(chunk),
  });
  const main = load('./main.js') as { later: () => { state: unknown }; once: unknown };
  expect(packs).toEqual(['text']);
  expect(main.later().state).toBe(main.once);
  expect(main.once).toEqual({ count: 1 });
  expect(packs).toEqual(['text', 'rest']);
  expect(ran).toEqual(['./main.js', './state.js', './later.js']);
});

test('what another V8 compiled is refused by this one, and the text is taken', () => {
  // As text of its own: V8 remembers what it compiled in this process.
  const foreign = (pack: string): string => `${source(pack)} // compiled elsewhere`;
  const compiled = new Script(foreign('text'), { filename: 'elsewhere' }).createCachedData();
  const rejected: (boolean | undefined)[] = [];
  const load = createLoader(indexOf(PACKED), {
    source: (pack) => `${foreign(pack)}!`,
    compiled: () => Uint8Array.from(compiled, (byte, at) => (at < 8 ? byte ^ 0xff : byte)),
    loaded: (_pack, script) => void rejected.push(script.cachedDataRejected),
  });
  expect(load('./main.js')).toMatchObject({ once: { count: 1 } });
  expect(rejected).toEqual([true]);
});

test('a package that was left out is absent in the way that libraries understand', () => {
  const load = createLoader(indexOf(PACKED), { source, compiled: () => undefined });
  expect(load('./path.js')).toMatchObject({ join: expect.any(Function) as unknown });
  expect(() => load('./wants.js')).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }) as Error);
});
