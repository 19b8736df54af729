import { describe, expect, test } from 'vitest';
import type { Pool } from '../../src/domain/pool.ts';
import type { Needs } from '../../src/scheduler/needs.ts';
import { AGE_MS, Queue } from '../../src/scheduler/queue.ts';

const NOTHING: Needs = { keys: [], pool: undefined };
const keys = (...names: string[]): Needs => ({ keys: names, pool: undefined });
const pool = (name: string, limit: number, more: Partial<Pool> = {}): Needs => ({
  keys: [],
  pool: { name, settings: { limit, rate_per_second: null, burst: 1, ...more } },
});

interface Lane {
  readonly limit?: number;
  readonly needs?: Readonly<Record<number, Needs>>;
}

/** Runs that are named by a letter, in the order in which they came. */
function queueOf(lanes: Readonly<Record<string, Lane>>): Queue {
  const queue = new Queue();
  for (const [id, { limit, needs = {} }] of Object.entries(lanes))
    queue.open({ id, parallelLimit: limit, needsOf: (task) => needs[task] ?? NOTHING });
  return queue;
}

/** `a1`: task 1 of run a. */
const choice = (name: string) => ({ run: name.slice(0, 1), task: Number(name.slice(1)) });
const add = (queue: Queue, names: readonly string[], weight = 1, now = 0): void => {
  for (const name of names) queue.add(choice(name), weight, now);
};
const chosen = (queue: Queue, free: number, now = 0): string[] =>
  queue.choose(free, now).map(({ run, task }) => `${run}${task}`);

describe('order', () => {
  test('a higher priority goes first, then the older run, then what was ready first', () => {
    const queue = queueOf({ a: {}, b: {} });
    add(queue, ['b1', 'a7', 'a2']);
    add(queue, ['a3'], 0);
    add(queue, ['b4'], 2);
    expect(chosen(queue, 10)).toEqual(['b4', 'a7', 'a2', 'b1', 'a3']);
  });

  test.each([
    [AGE_MS - 1, ['a2', 'a1']],
    [AGE_MS + 1, ['a1', 'a2']],
  ])('after %i ms a task of low priority against a new one of normal', (waited, expected) => {
    const queue = queueOf({ a: {} });
    add(queue, ['a1'], 0, 0);
    add(queue, ['a2'], 1, waited);
    expect(chosen(queue, 10, waited)).toEqual(expected);
  });

  test('a task that is added twice starts once, one that is removed not at all', () => {
    const queue = queueOf({ a: {} });
    add(queue, ['a1', 'a1', 'a2']);
    queue.remove(choice('a2'));
    queue.remove(choice('a3'));
    expect(chosen(queue, 10)).toEqual(['a1']);
    add(queue, ['a1']);
    expect(chosen(queue, 10)).toEqual([]);
  });
});

describe('limits', () => {
  test('no more start than slots are free, and none when more are taken than there are', () => {
    const queue = queueOf({ a: {} });
    add(queue, ['a1', 'a2', 'a3']);
    expect(chosen(queue, -2)).toEqual([]);
    expect(chosen(queue, 2)).toEqual(['a1', 'a2']);
    expect(queue.running).toBe(2);
  });

  test('a run at its own limit leaves slots to the next, and goes on when one of its tasks ends', () => {
    const queue = queueOf({ a: { limit: 1 }, b: {} });
    add(queue, ['a1', 'a2', 'b1']);
    expect(chosen(queue, 10)).toEqual(['a1', 'b1']);
    queue.ended(choice('b1'));
    expect(chosen(queue, 10)).toEqual([]);
    queue.ended(choice('a1'));
    expect(chosen(queue, 10)).toEqual(['a2']);
  });

  test('a key has one holder over all runs, and does not stand in the way of others', () => {
    const queue = queueOf({ a: { needs: { 1: keys('x'), 2: keys('y', 'x') } }, b: { needs: { 1: keys('x') } } });
    add(queue, ['a1', 'a2', 'a3', 'b1']);
    expect(chosen(queue, 10)).toEqual(['a1', 'a3']);
    queue.ended(choice('a1'));
    expect(chosen(queue, 10)).toEqual(['a2']);
    queue.ended(choice('a2'));
    expect(chosen(queue, 10)).toEqual(['b1']);
  });

  test('each task respects the limit that its own run knows of a pool', () => {
    const wide = pool('p', 3);
    const narrow = pool('p', 1);
    const queue = queueOf({ a: { needs: { 1: narrow } }, b: { needs: { 1: wide, 2: wide, 3: wide, 4: wide } } });
    add(queue, ['b1', 'b2', 'b3', 'b4']);
    expect(chosen(queue, 2)).toEqual(['b1', 'b2']);
    add(queue, ['a1']);
    expect(chosen(queue, 10)).toEqual(['b3']);
    for (const name of ['b1', 'b2']) queue.ended(choice(name));
    expect(chosen(queue, 10)).toEqual(['b4']);
    for (const name of ['b3', 'b4']) queue.ended(choice(name));
    expect(chosen(queue, 10)).toEqual(['a1']);
  });

  test('all that a pool has room for starts at once when its tasks end together', () => {
    const needs = Object.fromEntries([1, 2, 3, 4, 5, 6].map((task) => [task, pool('p', 3)]));
    const queue = queueOf({ a: { needs } });
    add(queue, ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    expect(chosen(queue, 10)).toEqual(['a1', 'a2', 'a3']);
    for (const name of ['a1', 'a2', 'a3']) queue.ended(choice(name));
    expect(chosen(queue, 10)).toEqual(['a4', 'a5', 'a6']);
  });

  test('a paused run starts nothing, and all of it may start when it goes on', () => {
    const queue = queueOf({ a: {}, b: {} });
    queue.admit('a', false);
    add(queue, ['a1', 'a2', 'b1']);
    expect(chosen(queue, 10)).toEqual(['b1']);
    queue.admit('a', true);
    expect(chosen(queue, 10)).toEqual(['a1', 'a2']);
  });

  test('what another engine started takes up what it needs', () => {
    const queue = queueOf({ a: { limit: 2, needs: { 1: keys('x') } }, b: { needs: { 1: keys('x') } } });
    queue.adopt(choice('a1'));
    add(queue, ['a2', 'a3', 'b1']);
    expect(chosen(queue, 10)).toEqual(['a2']);
    queue.close('a');
    expect(chosen(queue, 10)).toEqual(['b1']);
  });
});

describe('others in the way', () => {
  test('a refused task keeps its place, lets others pass, and is tried again at its time, not before', () => {
    const queue = queueOf({ a: { needs: { 1: keys('x'), 2: keys('x') } } });
    add(queue, ['a1', 'a2', 'a3']);
    expect(chosen(queue, 1)).toEqual(['a1']);
    queue.refuse(choice('a1'), { kind: 'key', key: 'x' }, 250);
    expect(chosen(queue, 10)).toEqual(['a3']);
    expect(queue.wakeAt()).toBe(250);
    expect(chosen(queue, 10, 249)).toEqual([]);
    expect(chosen(queue, 10, 250)).toEqual(['a1']);
    expect(queue.wakeAt()).toBeNull();
    queue.ended(choice('a1'));
    expect(chosen(queue, 10, 250)).toEqual(['a2']);
  });

  test('when others have all slots, nothing is tried before the time, or before a task of its own ends', () => {
    const queue = queueOf({ a: {} });
    add(queue, ['a1', 'a2', 'a3']);
    expect(chosen(queue, 2)).toEqual(['a1', 'a2']);
    queue.refuse(choice('a2'), { kind: 'slots' }, 250);
    expect(chosen(queue, 10, 100)).toEqual([]);
    queue.ended(choice('a1'));
    expect(chosen(queue, 1, 100)).toEqual(['a2']);
  });

  test('a pool that waits for its rate keeps nobody else, and all of it waits for the same time', () => {
    const slow = pool('p', 10, { rate_per_second: 1 });
    const queue = queueOf({ a: { needs: { 1: slow, 2: slow, 3: slow } } });
    add(queue, ['a1', 'a2', 'a3', 'a4']);
    expect(chosen(queue, 2)).toEqual(['a1', 'a2']);
    queue.refuse(choice('a2'), { kind: 'rate' }, 1000);
    expect(chosen(queue, 10)).toEqual(['a4']);
    expect(queue.wakeAt()).toBe(1000);
    queue.ended(choice('a1'));
    expect(chosen(queue, 1, 1000)).toEqual(['a2']);
  });
});

describe('nothing waits for ever', () => {
  test('a task of low priority starts although tasks of high priority keep coming', () => {
    const queue = queueOf({ a: {} });
    queue.add({ run: 'a', task: 0 }, 0, 0);
    let started: number | undefined;
    for (let step = 1; step < 1000 && started === undefined; step++) {
      const now = step * 1000;
      queue.add({ run: 'a', task: step }, 2, now);
      for (const one of queue.choose(1, now)) {
        if (one.task === 0) started = now;
        queue.ended(one);
      }
    }
    expect(started).toBe(2 * AGE_MS);
  });

  test('a task that needs two keys starts although each is always taken by others when the other is free', () => {
    // Even tasks need x, odd ones y; each lasts two seconds, one begins each second. Task 0 needs both.
    const needsOf = (task: number): Needs => (task === 0 ? keys('x', 'y') : keys(task % 2 === 0 ? 'x' : 'y'));
    const queue = new Queue();
    queue.open({ id: 'a', parallelLimit: undefined, needsOf });
    for (const task of [1, 2]) queue.add({ run: 'a', task }, 1, 0);
    expect(queue.choose(10, 0)).toHaveLength(2);
    queue.add({ run: 'a', task: 0 }, 1, 0);
    let started: number | undefined;
    for (let step = 1; step < 1000 && started === undefined; step++) {
      const now = step * 1000;
      queue.add({ run: 'a', task: step + 2 }, 2, now);
      queue.ended({ run: 'a', task: step });
      if (queue.choose(10, now).some(({ task }) => task === 0)) started = now;
    }
    expect(started).toBeLessThan(2 * AGE_MS);
    expect(started).toBeGreaterThanOrEqual(AGE_MS);
  });

  test('what a task has reserved is free again when that task is cancelled or its run paused', () => {
    for (const giveUp of ['cancel', 'pause']) {
      const needs = { 0: keys('x', 'y'), 1: keys('x'), 2: keys('y') };
      const queue = queueOf({ a: { needs }, b: { needs } });
      add(queue, ['b1']);
      expect(chosen(queue, 10)).toEqual(['b1']);
      add(queue, ['a0']);
      expect(chosen(queue, 10, AGE_MS)).toEqual([]);
      add(queue, ['b2'], 0, AGE_MS);
      expect(chosen(queue, 10, AGE_MS)).toEqual([]);
      if (giveUp === 'cancel') queue.remove(choice('a0'));
      else queue.admit('a', false);
      queue.ended(choice('b1'));
      expect(chosen(queue, 10, AGE_MS)).toEqual(['b2']);
    }
  });
});
