import { expect, test } from 'vitest';
import { FAILURE_KINDS, drawOf, retryDelay } from '../../src/domain/retry.ts';
import type { RetryPolicy } from '../../src/domain/retry.ts';

const policy = (more: Partial<RetryPolicy>): RetryPolicy => ({
  attempts: 4,
  backoff: 'fixed',
  initial_delay: 2,
  max_delay: 5,
  ...more,
});

test.each<[Partial<RetryPolicy>, number, number | undefined, number | undefined]>([
  [{}, 1, 1, 2000],
  [{}, 3, 1, 2000],
  [{}, 4, 1, undefined],
  [{ attempts: 1 }, 1, 1, undefined],
  [{ backoff: 'linear' }, 2, 1, 4000],
  [{ backoff: 'linear' }, 3, 1, 5000],
  [{ backoff: 'exponential' }, 2, 1, 4000],
  [{ backoff: 'exponential', max_delay: 100 }, 3, 1, 8000],
  [{ initial_delay: 0.25 }, 1, undefined, 250],
  [{ on_exit_codes: [7] }, 1, 7, 2000],
  [{ on_exit_codes: [7] }, 1, 1, undefined],
  [{ on_exit_codes: [7] }, 1, undefined, undefined],
])('%j after attempt %i with exit code %s waits %s ms', (more, attempt, code, expected) => {
  for (const draw of [0, 0.5, 0.999])
    expect(retryDelay(policy(more), { attempt, exitCode: code, kinds: ['work_failed', undefined], draw })).toBe(
      expected,
    );
});

test.each<[Partial<RetryPolicy>, number, number]>([
  [{ jitter: 0.5 }, 0, 1000],
  [{ jitter: 0.5 }, 0.5, 2000],
  [{ jitter: 0.5 }, 0.75, 2500],
  [{ jitter: 1 }, 0, 0],
  [{ jitter: 1 }, 0.5, 2000],
  [{ initial_delay: 5, jitter: 0.5 }, 0, 2500],
  [{ initial_delay: 5, jitter: 0.5 }, 0.5, 3750],
  [{ initial_delay: 9, jitter: 0.5 }, 1, 5000],
])('%j with draw %d waits %d ms', (more, draw, expected) => {
  expect(retryDelay(policy(more), { attempt: 1, exitCode: 1, kinds: ['work_failed'], draw })).toBe(expected);
});

type Case = [Partial<RetryPolicy>, number | undefined, readonly (string | undefined)[], boolean];

test.each<Case>([
  ...FAILURE_KINDS.map((kind): Case => [{}, 1, [kind, undefined], true]),
  [{}, 1, ['work_failed', 'rate_limited'], true],
  [{}, undefined, ['config_invalid', undefined], false],
  [{}, undefined, ['definition_invalid', undefined], false],
  [{ on: ['config_invalid'] }, undefined, ['config_invalid', undefined], true],
  [{ on: ['timed_out'] }, undefined, ['timed_out', undefined], true],
  [{ on: ['timed_out'] }, 1, ['work_failed', undefined], false],
  [{ on: ['timed_out', 'work_failed'] }, 1, ['work_failed', undefined], true],
  [{ on: ['rate_limited'] }, 1, ['work_failed', 'rate_limited'], true],
  [{ on: ['rate_limited'] }, 1, ['work_failed', 'quota'], false],
  [{ on: ['conflict'] }, 1, ['conflict', 'conflict'], true],
  [{ on: [] }, 1, ['work_failed', undefined], false],
  [{ on: ['timed_out'], on_exit_codes: [75] }, 75, ['work_failed', undefined], true],
  [{ on: ['timed_out'], on_exit_codes: [75] }, 1, ['timed_out', undefined], true],
  [{ on: ['timed_out'], on_exit_codes: [75] }, 1, ['work_failed', undefined], false],
])('%j with exit code %s and failure %j is tried again: %s', (more, exitCode, kinds, expected) => {
  expect(retryDelay(policy(more), { attempt: 1, exitCode, kinds, draw: 0 }) !== undefined).toBe(expected);
});

test('draws of fences that differ in one character spread evenly, and one fence always draws the same', () => {
  const tenths = new Map<number, number>();
  for (let index = 0; index < 10_000; index++) {
    const tenth = Math.floor(drawOf(`018f2f5e-0000-7000-8000-${String(index).padStart(12, '0')}`) * 10);
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  }
  expect([...tenths.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const count of tenths.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  expect(drawOf('a')).toBe(drawOf('a'));
});
