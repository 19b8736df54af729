import { expect, test } from 'vitest';
import { retryDelay } from '../../src/domain/retry.ts';
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
  expect(retryDelay(policy(more), attempt, code)).toBe(expected);
});
