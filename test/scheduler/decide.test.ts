import { expect, test } from 'vitest';
import { decide } from '../../src/scheduler/decide.ts';
import type { Queue, Snapshot } from '../../src/scheduler/decide.ts';

const queue = (run: string, ready: number[][], more: Partial<Queue> = {}): Queue => ({
  run,
  running: 0,
  parallelLimit: undefined,
  ready: [0, 1, 2].map((weight) => new Set(ready[weight] ?? [])),
  delayed: new Map(),
  deadlines: new Map(),
  ...more,
});
const snapshot = (queues: Queue[], more: Partial<Snapshot> = {}): Snapshot => ({
  now: 1000,
  free: 10,
  queues,
  blocked: new Set(),
  ...more,
});
const order = (given: Snapshot): string[] => decide(given).start.map(({ run, task }) => `${run}${task}`);

test.each<[string, Snapshot, string[]]>([
  ['nothing is ready', snapshot([queue('a', [])]), []],
  ['no slot is free', snapshot([queue('a', [[], [1]])], { free: 0 }), []],
  ['more slots are taken than there are', snapshot([queue('a', [[], [1]])], { free: -3 }), []],
  ['priority goes before age', snapshot([queue('a', [[1], [2]]), queue('b', [[], [], [3]])]), ['b3', 'a2', 'a1']],
  ['the older run goes first', snapshot([queue('a', [[], [1, 2]]), queue('b', [[], [3]])]), ['a1', 'a2', 'b3']],
  ['what has been ready for longer goes first', snapshot([queue('a', [[], [5, 2, 9]])]), ['a5', 'a2', 'a9']],
  ['slots are a limit', snapshot([queue('a', [[], [1, 2, 3]])], { free: 2 }), ['a1', 'a2']],
  [
    'a run at its own limit leaves slots to the next',
    snapshot([queue('a', [[], [1, 2]], { running: 1, parallelLimit: 2 }), queue('b', [[], [3]])]),
    ['a1', 'b3'],
  ],
  [
    'what is blocked does not stand in the way of others',
    snapshot([queue('a', [[], [1, 2]])], { blocked: new Set(['a/1']), free: 1 }),
    ['a2'],
  ],
  [
    "a run's limit holds over its priorities together",
    snapshot([queue('a', [[1], [2], [3]], { parallelLimit: 2 })]),
    ['a3', 'a2'],
  ],
])('%s', (_name, given, expected) => {
  expect(order(given)).toEqual(expected);
});

test('it sleeps until the next retry or deadline, and not at all when nothing is due', () => {
  const waiting = queue('a', [], { delayed: new Map([[1, 3000]]), deadlines: new Map([[2, 2000]]) });
  expect(decide(snapshot([waiting]))).toMatchObject({ wakeAt: 2000, due: [], expired: [] });
  expect(decide(snapshot([queue('a', [[], [1]])])).wakeAt).toBeNull();
});

test('what is due is named and looked at again at once, what is over its time is named', () => {
  const late = queue('a', [], { delayed: new Map([[1, 1000]]), deadlines: new Map([[2, 999]]) });
  expect(decide(snapshot([late]))).toMatchObject({
    due: [{ run: 'a', task: 1 }],
    expired: [{ run: 'a', task: 2 }],
    wakeAt: 1000,
  });
});
