import { describe, expect, test } from 'vitest';
import { isBackupDue, surplus } from '../../src/domain/generations.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;
const ago = (...ages: readonly number[]): number[] => ages.map((age) => NOW - age);

describe('of the backups there stay', () => {
  test.each([
    ['the only one', [0], []],
    ['the newest and the first, until that is a day old', [0, HOUR, 2 * HOUR, 5 * HOUR], [HOUR, 2 * HOUR]],
    ['one of a day ago', [0, HOUR, 25 * HOUR, 30 * HOUR], [HOUR]],
    ['one of a week ago', [0, 23 * HOUR, 25 * HOUR, 3 * DAY, 8 * DAY, 9 * DAY], [23 * HOUR, 3 * DAY, 9 * DAY]],
    ['the newest, when the clock was set back', [-HOUR, 0], []],
  ] as const)('%s', (_, ages, gone) => {
    expect(surplus(ago(...ages), NOW)).toEqual(ago(...gone));
  });

  test('never more than three, and never none, however long it goes on', () => {
    let times: number[] = [];
    for (let now = NOW; now < NOW + 40 * DAY; now += HOUR) {
      times.push(now);
      const gone = new Set(surplus(times, now));
      times = times.filter((time) => !gone.has(time));
      expect(times.length).toBeLessThanOrEqual(3);
      expect(times).toContain(now);
    }
    const [oldest = 0] = times.toSorted((a, b) => a - b);
    expect(NOW + 40 * DAY - oldest).toBeGreaterThan(6 * DAY);
  });
});

describe('a backup is due', () => {
  const quiet = { now: NOW, quiet: true };
  test.each([
    ['never without a store', { ...quiet, newest: undefined, written: undefined }, false],
    ['at once when there is none', { now: NOW, quiet: false, newest: undefined, written: NOW }, true],
    ['not when nothing was written since', { ...quiet, newest: NOW - DAY, written: NOW - 2 * DAY }, false],
    ['not within an hour', { ...quiet, newest: NOW - HOUR + 1, written: NOW }, false],
    ['after an hour, in a quiet moment', { ...quiet, newest: NOW - HOUR, written: NOW }, true],
    ['not after an hour in the midst of work', { now: NOW, quiet: false, newest: NOW - HOUR, written: NOW }, false],
    ['after a day, whatever goes on', { now: NOW, quiet: false, newest: NOW - DAY, written: NOW }, true],
  ] as const)('%s', (_, occasion, due) => {
    expect(isBackupDue(occasion)).toBe(due);
  });
});
