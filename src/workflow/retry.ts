import { BACKOFFS, FAILURE_KINDS, ONE_ATTEMPT, REASON } from '../domain/retry.ts';
import type { RetryPolicy } from '../domain/retry.ts';
import { didYouMean } from '../domain/suggest.ts';
import { Fields } from './fields.ts';
import { describe } from './quote.ts';
import { YEAR } from './time.ts';
import { translateRetry } from './translate.ts';

const KEYS = ['attempts', 'backoff', 'initial_delay', 'max_delay', 'jitter', 'on_exit_codes', 'on'];

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
    on: readKinds(retry),
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

/** A name of ours that is misspelt is refused: a task that really calls its failure like that has to call it otherwise. */
function readKinds(retry: Fields): readonly string[] | undefined {
  const kinds = retry.list('on', 'a list of kinds of failure', 'Write on = ["timed_out"].');
  for (const [index, kind] of kinds?.entries() ?? []) {
    const path = [...retry.pathOf('on'), index];
    if (typeof kind !== 'string' || !REASON.test(kind))
      retry.report.fail(path, `${describe(kind)} is no kind of failure: small letters, digits and _`, KNOWN);
    else if (!FAILURE_KINDS.some((known) => known === kind)) {
      const hint = didYouMean(kind, FAILURE_KINDS);
      if (hint !== undefined) retry.report.fail(path, `unknown kind of failure ${describe(kind)}`, hint);
    }
  }
  return kinds as readonly string[] | undefined;
}

const KNOWN = `Ours are ${FAILURE_KINDS.join(', ')}; others are what a task writes as "code" into its failure.json.`;
