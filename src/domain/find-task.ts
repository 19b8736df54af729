import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { err, ok } from './result.ts';
import type { Result } from './result.ts';
import { didYouMean } from './suggest.ts';

const SHOWN = 5;

/**
 * The index of the task that is meant by its id in the workflow, or by a beginning that no other task has. A whole id
 * wins over what it is the beginning of. `run` is how messages call the run: `run 0198…`.
 */
export function findTask(ids: readonly string[], said: string, run: string): Result<number, Failure> {
  const exact = ids.indexOf(said);
  if (exact >= 0) return ok(exact);
  const meant = said === '' ? [] : [...ids.keys()].filter((index) => ids[index]?.startsWith(said) === true);
  const [only] = meant;
  if (only === undefined) return err(notFound(ids, said, run));
  if (meant.length === 1) return ok(only);
  const candidates = some(meant.map((index) => ids[index] ?? ''));
  return err(
    failure('conflict', `${quoted(said)} is the beginning of several tasks of ${run}: ${candidates}`, {
      hint: 'Give more characters of the id.',
    }),
  );
}

function notFound(ids: readonly string[], said: string, run: string): Failure {
  const hint = didYouMean(said, ids) ?? `It has ${some(ids)}.`;
  return failure('not_found', `${run} has no task ${quoted(said)}`, { hint });
}

const quoted = (said: string): string => JSON.stringify(said.slice(0, 80));

const some = (ids: readonly string[]): string => ids.slice(0, SHOWN).join(', ') + (ids.length > SHOWN ? ' …' : '');
