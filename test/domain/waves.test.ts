import { expect, test } from 'vitest';
import { mayFail, waveSizes } from '../../src/domain/waves.ts';

test.each<[readonly (number | string)[] | undefined, number, number, readonly number[]]>([
  [undefined, 6, 6, [6]],
  [undefined, 0, 6, []],
  [[1], 3, 3, [1, 1, 1]],
  [[1, 2, '50%'], 6, 6, [1, 2, 3]],
  [[1, 2, '50%'], 12, 12, [1, 2, 6, 3]],
  [['10%'], 5, 5, [1, 1, 1, 1, 1]],
  [['100%'], 4, 4, [4]],
  [[9], 4, 4, [4]],
  // What an earlier attempt has finished counts for the share, but is not done again.
  [['50%'], 4, 6, [3, 1]],
])('waves %j over %i of %i hosts are %j', (waves, left, total, expected) => {
  expect(waveSizes(waves, left, total)).toEqual(expected);
});

test.each([
  [0, 6, 0],
  [20, 6, 1],
  [33, 3, 0],
  [33.4, 3, 1],
  [100, 6, 6],
])('with %i %% of %i hosts, %i may fail', (percent, total, expected) => {
  expect(mayFail(percent, total)).toBe(expected);
});
