import { expect, test } from 'vitest';
import type { ShownRun } from '../../src/api/views.ts';
import { symbolsOf } from '../../src/presentation/live/symbols.ts';
import { styleOf } from '../../src/presentation/style.ts';
import { timelineText } from '../../src/presentation/timeline.ts';
import { widthOf } from '../../src/presentation/table.ts';

const START = Date.parse('2026-01-01T12:00:00.000Z');
const at = (second: number): string => new Date(START + second * 1000).toISOString();
const LOOK = { style: styleOf(false), symbols: symbolsOf(true) };

const attempt = (status: 'completed' | 'failed' | 'running', start: number, end: number | null, number = 1) => ({
  attempt: number,
  status,
  started_at: at(start),
  finished_at: end === null ? null : at(end),
});

const draw = (timeline: ShownRun['timeline'], critical_path: readonly string[], columns = 37): readonly string[] =>
  timelineText({ timeline, critical_path }, LOOK, { columns, now: START + 20_000 })
    .trimEnd()
    .split('\n');

test('bars on one line of time, tries one after the other, and the path that the end waited for', () => {
  const timeline = [
    { id: 'a', attempts: [attempt('completed', 0, 10)] },
    { id: 'b', attempts: [attempt('failed', 0, 2), attempt('completed', 4, 6, 2)] },
    { id: 'c', attempts: [attempt('running', 10, null)] },
  ];
  expect(draw(timeline, ['a', 'c'])).toEqual([
    `* a  ${'━'.repeat(10)}${' '.repeat(11)}  10s`,
    `  b  ✖✖  ━━${' '.repeat(15)}  4.0s`,
    `* c  ${' '.repeat(10)}${'━'.repeat(11)}  10s`,
    `     0s${' '.repeat(16)}20s`,
    '',
    '* Critical path, 20s: a 10s → c 10s',
  ]);
});

test('what took no time is still a mark, the last moment too', () => {
  const timeline = [
    { id: 'a', attempts: [attempt('completed', 0, 0)] },
    { id: 'b', attempts: [attempt('completed', 0, 20)] },
    { id: 'c', attempts: [attempt('completed', 20, 20)] },
  ];
  const rows = draw(timeline, []);
  expect(rows[0]).toMatch(/^ {2}a {2}━ +0\.0s$/);
  expect(rows[2]).toMatch(/^ {2}c {2} +━ {2}0\.0s$/);
});

test.each([40, 80, 200])('no row is wider than %i columns', (columns) => {
  const names = ['a', 'x'.repeat(60), '日本'];
  const timeline = names.map((id, index) => ({ id, attempts: [attempt('completed', index, index + 40_000)] }));
  for (const row of draw(timeline, [], columns)) expect(widthOf(row)).toBeLessThanOrEqual(columns);
});

test('nothing has begun', () => {
  expect(draw([], [])).toEqual(['Nothing has begun yet.']);
});
