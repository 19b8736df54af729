import { describe, expect, test } from 'vitest';
import { transitionLine } from '../../src/presentation/progress.ts';
import { styleOf } from '../../src/presentation/style.ts';

const CASES: readonly (readonly [type: string, data: Record<string, unknown>, line: string | undefined])[] = [
  ['task.started', { attempt: 1 }, 'web-1 started'],
  ['task.started', { attempt: 2 }, 'web-1 started again (attempt 2)'],
  ['task.progress', { progress: 40, message: 'creating disk' }, 'web-1 running: 40 % creating disk'],
  ['task.progress', { progress: null, message: 'x' }, 'web-1 running: x'],
  ['task.completed', { message: 'Server web-1 created' }, 'web-1 completed: Server web-1 created'],
  ['task.completed', { message: null }, 'web-1 completed'],
  ['task.failed', { failure: { message: 'no\nplan' } }, String.raw`web-1 failed: no\nplan`],
  ['task.unknown', { failure: { message: 'died' } }, 'web-1 outcome unknown: died'],
  ['task.retrying', { attempt: 1, failure: { message: 'exit 1' } }, 'web-1 failed and will be tried again: exit 1'],
  ['task.skipped', { because: 'db-1' }, 'web-1 skipped: db-1 did not complete'],
  ['task.skipped', { because: 'db-1', wanted: 'failure' }, 'web-1 skipped: db-1 did not fail'],
  ['task.waiting', { child: 'run-1' }, 'web-1 waits for run run-1'],
  ['task.cancelled', {}, 'web-1 cancelled'],
  ['task.something-new', {}, undefined],
];

describe('one plain line for each transition of a task', () => {
  test.each(CASES)('%s %j', (type, data, line) => {
    const event = { seq: 1, at: '2026-01-01T12:34:56.789Z', workflow_id: 'w', type, task: 'web-1', data };
    expect(transitionLine(event, styleOf(false))).toBe(line === undefined ? undefined : `12:34:56 ${line}`);
  });
});

test('of the run itself only what changes something for the reader', () => {
  const line = (type: string, data = {}) =>
    transitionLine({ seq: 1, at: '2026-01-01T12:34:56.789Z', workflow_id: 'w', type, data }, styleOf(false));
  expect(line('run.cancelling', { reason: 'interrupted' })).toBe('12:34:56 cancelling: interrupted');
  expect(line('run.adopted')).toContain('taken over');
  expect(line('run.accepted')).toBeUndefined();
  expect(line('run.finished', { outcome: 'completed' })).toBeUndefined();
});
