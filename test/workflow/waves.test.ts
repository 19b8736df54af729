import { describe, expect, test } from 'vitest';
import { dependencyIndexes, wavesOf } from '../../src/workflow/waves.ts';

const optional = { id: 'nothing', kind: 'optional', on: 'success' } as const;

const CASES: readonly (readonly [
  what: string,
  graph: Readonly<Record<string, readonly (string | typeof optional)[]>>,
  waves: readonly number[],
])[] = [
  ['nothing depends on anything', { a: [], b: [], c: [] }, [0, 0, 0]],
  ['a chain', { a: [], b: ['a'], c: ['b'] }, [0, 1, 2]],
  ['a chain written backwards', { c: ['b'], b: ['a'], a: [] }, [2, 1, 0]],
  ['the longest way counts', { a: [], b: ['a'], c: ['b'], d: ['a', 'c'] }, [0, 1, 2, 3]],
  ['five servers, a cluster, two applications', { a: [], b: [], k: ['a', 'b'], x: ['k'], y: ['k'] }, [0, 0, 1, 2, 2]],
  ['an optional dependency that is not there', { a: [optional] }, [0]],
];

describe('waves', () => {
  test.each(CASES)('%s', (_what, graph, waves) => {
    expect(wavesOf(Object.entries(graph).map(([id, dependencies]) => ({ id, dependencies })))).toEqual(waves);
  });

  test('a chain of 20,000 overflows no stack', () => {
    const operations = Array.from({ length: 20_000 }, (_, index) => ({
      id: `t${index}`,
      dependencies: index === 0 ? [] : [`t${index - 1}`],
    }));
    expect(wavesOf(operations).at(-1)).toBe(19_999);
  });
});

test('dependencies are told by number, whatever their kind', () => {
  const operations = [
    { id: 'a', dependencies: [] },
    { id: 'b', dependencies: [{ id: 'a', kind: 'soft', on: 'always' } as const, optional] },
  ];
  expect(dependencyIndexes(operations)).toEqual([[], [0]]);
});
