import { expect, test } from 'vitest';
import { decide, wakeAt } from '../../src/scheduler/decide.ts';
import { Queue } from '../../src/scheduler/queue.ts';
import { Timers } from '../../src/scheduler/timers.ts';
import type { Timer } from '../../src/scheduler/timers.ts';

function indexOf(timers: readonly Timer[], isCurrent: (timer: Timer) => boolean = () => true) {
  const index = { queue: new Queue(), timers: new Timers(isCurrent) };
  index.queue.open({ id: 'a', parallelLimit: undefined, needsOf: () => ({ keys: [], pool: undefined }) });
  for (const timer of timers) index.timers.set(timer);
  return index;
}

const timer = (kind: Timer['kind'], task: number, at: number): Timer => ({ kind, run: 'a', task, weight: 1, at });

test('it sleeps until the next retry or deadline, and not at all when nothing is due', () => {
  const index = indexOf([timer('retry', 1, 3000), timer('deadline', 2, 2000)]);
  expect(decide(index, { now: 1000, limit: 10 })).toEqual({ start: [], due: [], expired: [] });
  expect(wakeAt(index)).toBe(2000);
  expect(wakeAt(indexOf([]))).toBeNull();
});

test('a retry whose time has come starts in the same turn; what is over its time is named once', () => {
  const index = indexOf([timer('retry', 1, 1000), timer('deadline', 2, 999), timer('run', -1, 900)]);
  const decisions = decide(index, { now: 1000, limit: 10 });
  expect(decisions.due).toMatchObject([{ run: 'a', task: 1 }]);
  expect(decisions.start).toEqual([{ run: 'a', task: 1 }]);
  expect(decisions.expired.map(({ kind }) => kind)).toEqual(['run', 'deadline']);
  expect(decide(index, { now: 1000, limit: 10 })).toEqual({ start: [], due: [], expired: [] });
});

test('a timer that has lost its meaning wakes nobody', () => {
  const index = indexOf([timer('retry', 1, 500), timer('retry', 2, 2000)], ({ task }) => task === 2);
  expect(decide(index, { now: 1000, limit: 10 }).due).toEqual([]);
  expect(wakeAt(index)).toBe(2000);
});

test('a hundred thousand deadlines that were met leave no trace', () => {
  let current = 0;
  const timers = new Timers(({ task }) => task === current);
  for (current = 0; current < 100_000; current++) timers.set(timer('deadline', current, 3_600_000 + current));
  current--;
  expect(timers.size).toBeLessThan(2048);
  expect(timers.take(4_000_000)).toHaveLength(1);
});
