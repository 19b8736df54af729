import { describe, expect, test } from 'vitest';
import { Durations, estimate } from '../../src/workflow/estimate.ts';
import type { Remaining } from '../../src/workflow/estimate.ts';

function durations(samples: readonly (readonly [type: string, id: string, ms: number])[]): Durations {
  const all = new Durations();
  for (const [type, id, ms] of samples) all.add({ type, id }, ms);
  return all;
}

describe('what an operation is expected to take', () => {
  test('is unknown with two samples, and their median with three', () => {
    const two = durations([
      ['server.create', 'a', 10],
      ['server.create', 'a', 90],
    ]);
    expect(two.expected({ type: 'server.create', id: 'a' })).toBeUndefined();
    two.add({ type: 'server.create', id: 'a' }, 20);
    expect(two.expected({ type: 'server.create', id: 'a' })).toBe(20);
  });

  test('is that of its type where it is new itself, unless the type says nothing', () => {
    const known = durations([
      ['server.create', 'a', 10],
      ['server.create', 'b', 20],
      ['server.create', 'c', 30],
      ['command.run', 'a', 10],
      ['command.run', 'b', 20],
      ['command.run', 'c', 30],
    ]);
    expect(known.expected({ type: 'server.create', id: 'new' })).toBe(20);
    expect(known.expected({ type: 'command.run', id: 'new' })).toBeUndefined();
  });
});

const task = (expected: number | undefined, elapsed = 0, ended = false): Remaining => ({ expected, elapsed, ended });

const CASES: readonly (readonly [
  what: string,
  tasks: readonly Remaining[],
  dependencies: readonly (readonly number[])[],
  slots: number,
  left: number | undefined,
])[] = [
  ['one after the other', [task(10), task(20)], [[], [0]], 9, 30],
  ['side by side', [task(10), task(20)], [[], []], 9, 20],
  ['side by side with one slot', [task(10), task(20)], [[], []], 1, 30],
  ['what has ended takes no time', [task(10, 0, true), task(20)], [[], [0]], 9, 20],
  ['what has ended need not be known', [task(undefined, 0, true), task(20)], [[], [0]], 9, 20],
  ['what runs has a part behind it', [task(10, 4), task(20)], [[], [0]], 9, 26],
  ['what takes longer than ever may end any moment', [task(10, 40)], [[]], 9, 0],
  ['one that nobody knows', [task(10), task(undefined)], [[], [0]], 9, undefined],
  ['nothing is left', [], [], 9, 0],
];

describe('milliseconds until the end', () => {
  test.each(CASES)('%s', (_what, ...[tasks, dependencies, slots, left]) => {
    expect(estimate(tasks, dependencies, slots)).toBe(left);
  });
});
