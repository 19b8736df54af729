import { expect, test } from 'vitest';
import { createClock } from '../../../src/adapters/system/clock.ts';

/** A machine that can be put to sleep. */
function machine() {
  let [up, awake] = [5_000_000, 1_000_000];
  const clock = createClock({ withSuspension: () => up, withoutSuspension: () => awake });
  return {
    clock,
    work: (ms: number) => {
      up += ms;
      awake += ms;
    },
    sleep: (ms: number) => {
      up += ms;
    },
  };
}

test('only what the machine slept counts as suspension, however long it worked', () => {
  const { clock, work, sleep } = machine();
  expect(clock.suspended()).toBe(0);
  work(3600_000);
  expect(clock.suspended()).toBe(0);
  sleep(60_000);
  expect(clock.suspended()).toBe(60_000);
  work(1000);
  sleep(8 * 3600_000);
  expect(clock.suspended()).toBe(8 * 3600_000 + 60_000);
});

test('clocks that are not read at the very same time are no suspension', () => {
  const { clock, sleep } = machine();
  sleep(900);
  expect(clock.suspended()).toBe(0);
  sleep(-1800);
  expect(clock.suspended()).toBe(0);
});

test('the clock of this machine says nothing of a suspension while a test runs', () => {
  const clock = createClock();
  expect(clock.suspended()).toBe(0);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
});
