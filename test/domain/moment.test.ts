import { describe, expect, test } from 'vitest';
import { momentOf } from '../../src/domain/moment.ts';

const NOW = Date.parse('2026-11-25T12:00:00.000Z');

const CASES: readonly (readonly [said: string, moment: string | undefined])[] = [
  ['10s', '2026-11-25T11:59:50.000Z'],
  ['1h30m', '2026-11-25T10:30:00.000Z'],
  ['2d', '2026-11-23T12:00:00.000Z'],
  ['1w', '2026-11-18T12:00:00.000Z'],
  ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ['2026-11-23T15:04', '2026-11-23T15:04:00.000Z'],
  ['2026-11-23 15:04:05', '2026-11-23T15:04:05.000Z'],
  ['2026-11-23 15:04:05Z', '2026-11-23T15:04:05.000Z'],
  ['2026-11-23T15:04:05.678Z', '2026-11-23T15:04:05.678Z'],
  ['2026-11-23T15:04:05+02:00', '2026-11-23T13:04:05.000Z'],
  ['yesterday', undefined],
  ['', undefined],
  ['10', undefined],
  ['10x', undefined],
  ['1h 30m', undefined],
  ['2026-13-45', undefined],
  ['12:00', undefined],
];

describe('a time, or a duration back from now', () => {
  test.each(CASES)('%j', (said, moment) => {
    const read = momentOf(said, NOW);
    expect(read.ok ? new Date(read.value).toISOString() : undefined).toBe(moment);
  });
});
