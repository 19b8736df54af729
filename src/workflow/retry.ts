import { BACKOFFS, ONE_ATTEMPT } from '../domain/retry.ts';
import type { RetryPolicy } from '../domain/retry.ts';
import { Fields } from './fields.ts';
import { describe } from './quote.ts';
import { YEAR } from './time.ts';
import { translateRetry } from './translate.ts';

const KEYS = ['attempts', 'backoff', 'initial_delay', 'max_delay', 'jitter', 'on_exit_codes'];

/** When a failed operation is tried again: by default never. */
export function readRetry(fields: Fields): RetryPolicy {
  const record = fields.record('retry', 'Write retry = { attempts = 3 }.');
  if (record === undefined) return ONE_ATTEMPT;
  const entry = translateRetry(fields.report, fields.pathOf('retry'), record);
  const retry = new Fields({ report: fields.report, path: entry.path }, entry.value, entry.written);
  retry.only(KEYS);
  const delay = { min: 0, max: YEAR, unit: 'seconds' };
  const initial = retry.number('initial_delay', delay) ?? ONE_ATTEMPT.initial_delay;
  return {
    attempts: retry.integer('attempts', { min: 1, max: 100 }) ?? ONE_ATTEMPT.attempts,
    backoff: retry.choice('backoff', BACKOFFS) ?? ONE_ATTEMPT.backoff,
    initial_delay: initial,
    max_delay: retry.number('max_delay', delay) ?? Math.max(ONE_ATTEMPT.max_delay, initial),
    jitter: retry.number('jitter', { min: 0, max: 1 }),
    on_exit_codes: readExitCodes(retry),
  };
}

function readExitCodes(retry: Fields): readonly number[] | undefined {
  const codes = retry.list('on_exit_codes', 'a list of numbers', 'Write on_exit_codes = [75].');
  for (const [index, code] of codes?.entries() ?? [])
    if (!Number.isInteger(code) || Number(code) < 1 || Number(code) > 255)
      retry.report.fail(
        [...retry.pathOf('on_exit_codes'), index],
        `${describe(code)} is no exit code of a failure: 1 to 255`,
      );
  return codes as readonly number[] | undefined;
}
