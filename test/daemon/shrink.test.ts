import { expect, test } from 'vitest';
import { createShrinker, shrink } from '../../src/daemon/shrink.ts';

test('what is no longer used is given back at once', () => {
  let garbage: string[] | undefined = Array.from({ length: 300_000 }, (_, index) => `entry ${index}`);
  expect(garbage).toHaveLength(300_000);
  const before = process.memoryUsage().heapUsed;
  garbage = undefined;
  shrink();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10e6);
});

test('in each time of rest once, and not in the midst of work', () => {
  let [rest, called] = [0, 0];
  const look = createShrinker(
    () => rest,
    5000,
    () => (called += 1),
  );
  const after = (ms: number): number => {
    rest = ms;
    look();
    return called;
  };
  expect([0, 4999, 5000, 10_000, 60_000].map(after)).toEqual([0, 0, 1, 1, 1]);
  expect([100, 5100, 9000].map(after)).toEqual([1, 2, 2]);
});
