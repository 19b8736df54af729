import { didYouMean } from '../domain/suggest.ts';
import type { Fields } from './fields.ts';
import { describe, quote } from './quote.ts';

/** The pool that an operation takes from. */
export function readPool(fields: Fields, pools: ReadonlySet<string> | undefined): string | undefined {
  const pool = fields.name('pool');
  if (pool === undefined || pools === undefined || pools.has(pool)) return pool;
  const hint = didYouMean(pool, pools) ?? `Set [pools.${pool}] in the configuration.`;
  fields.fail('pool', `unknown pool ${quote(pool)}`, hint);
  return undefined;
}

/** Printable, at most 200 of them: keys are shown by `why`. */
const KEY = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** One key, or several in a list; a key given twice counts once. */
export function readMutex(fields: Fields): readonly string[] | undefined {
  const value = fields.value('mutex');
  const hint = 'Write mutex = "database", or mutex = ["a", "b"].';
  const one = typeof value === 'string';
  const keys = one ? [value] : (fields.list('mutex', 'a string or a list of strings', hint) ?? []);
  for (const [index, key] of keys.entries()) {
    const path = one ? fields.pathOf('mutex') : [...fields.pathOf('mutex'), index];
    if (typeof key !== 'string') fields.report.fail(path, `a key must be a string; found ${describe(key)}`, hint);
    else if (!KEY.test(key))
      fields.report.fail(path, `${quote(key)} is no key`, 'A key has 1 to 200 characters, all of them printable.');
  }
  return keys.length === 0 ? undefined : [...new Set(keys as readonly string[])];
}
