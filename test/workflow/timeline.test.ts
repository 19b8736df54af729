import { describe, expect, test } from 'vitest';
import type { EventDocument } from '../../src/api/documents.ts';
import { criticalPath, timelineOf } from '../../src/workflow/timeline.ts';

const at = (second: number): string => new Date(Date.parse('2026-01-01T12:00:00.000Z') + second * 1000).toISOString();

type Happened = readonly [second: number, type: string, task?: string, attempt?: number];

const events = (...happened: readonly Happened[]): readonly EventDocument[] =>
  happened.map(([second, type, task, attempt = 1], index) => ({
    seq: index + 1,
    at: at(second),
    workflow_id: 'w',
    type,
    ...(task === undefined ? {} : { task }),
    data: { attempt },
  }));

describe('what each task did when', () => {
  test('attempts follow each other; what runs has no end', () => {
    const timeline = timelineOf(
      events(
        [0, 'run.started'],
        [1, 'task.started', 'a'],
        [2, 'task.progress', 'a'],
        [3, 'task.retrying', 'a'],
        [4, 'task.started', 'b'],
        [5, 'task.started', 'a', 2],
        [6, 'task.completed', 'a', 2],
        [7, 'task.skipped', 'c'],
      ),
    );
    expect(timeline).toEqual([
      {
        id: 'a',
        attempts: [
          { attempt: 1, status: 'failed', started_at: at(1), finished_at: at(3) },
          { attempt: 2, status: 'completed', started_at: at(5), finished_at: at(6) },
        ],
      },
      { id: 'b', attempts: [{ attempt: 1, status: 'running', started_at: at(4), finished_at: null }] },
    ]);
  });

  test.each([
    ['task.failed', 'failed'],
    ['task.unknown', 'unknown'],
    ['task.cancelled', 'cancelled'],
    ['task.requeued', 'cancelled'],
  ])('%s ends an attempt as %s', (type, status) => {
    const [task] = timelineOf(events([1, 'task.started', 'a'], [2, type, 'a']));
    expect(task?.attempts[0]).toMatchObject({ status, finished_at: at(2) });
  });

  test('one that ended while nobody attended ended then, not when that was noticed', () => {
    const [started, noticed] = events([1, 'task.started', 'a'], [9, 'task.completed', 'a']);
    if (started === undefined || noticed === undefined) throw new Error('no events');
    const [task] = timelineOf([started, { ...noticed, data: { ...noticed.data, ended_at: at(2) } }]);
    expect(task?.attempts[0]).toMatchObject({ finished_at: at(2) });
  });

  test('one that was cancelled before it began did nothing', () => {
    expect(timelineOf(events([2, 'task.cancelled', 'a']))).toEqual([]);
  });
});

type Ran = readonly [id: string, dependencies: readonly string[], start: number | null, end: number | null];

const PATHS: readonly (readonly [what: string, tasks: readonly Ran[], path: readonly string[]])[] = [
  ['nothing has ended', [['a', [], 1, null]], []],
  [
    'a chain',
    [
      ['a', [], 0, 1],
      ['b', ['a'], 1, 2],
    ],
    ['a', 'b'],
  ],
  [
    'the dependency that ended last',
    [
      ['a', [], 0, 5],
      ['b', [], 0, 3],
      ['c', ['a', 'b'], 5, 6],
    ],
    ['a', 'c'],
  ],
  [
    'the task that ended last',
    [
      ['a', [], 0, 5],
      ['b', ['a'], 5, 6],
      ['c', [], 0, 9],
    ],
    ['c'],
  ],
  [
    'one that was skipped took no time',
    [
      ['a', [], 0, 5],
      ['b', ['a'], null, 6],
    ],
    ['a'],
  ],
];

describe('the critical path', () => {
  test.each(PATHS)('%s', (_what, tasks, path) => {
    const operations = tasks.map(([id, dependencies]) => ({ id, dependencies }));
    const time = (second: number | null): string | null => (second === null ? null : at(second));
    const ran = tasks.map(([id, , start, end]) => ({ id, started_at: time(start), finished_at: time(end) }));
    expect(criticalPath(operations, ran)).toEqual(path);
  });
});
