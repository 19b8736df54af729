import { durationOf } from './duration.ts';
import { failure } from './failure.ts';
import type { Failure } from './failure.ts';
import { err, ok } from './result.ts';
import type { Result } from './result.ts';

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)?(?:Z|[+-]\d\d:\d\d)?$/;

/** A time (`2026-11-23 15:04`, UTC unless it says otherwise) or a duration before `now` (`90s`, `1h30m`) → milliseconds since 1970. */
export function momentOf(text: string, now: number): Result<number, Failure> {
  const said = text.trim();
  const ago = durationOf(said);
  if (ago !== undefined) return ok(now - ago);
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(said) ? said : `${said}${said.length > 10 ? '' : 'T00:00'}Z`;
  const time = TIME.test(said) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(time)) return ok(time);
  const hint = 'Write a duration (10m, 1h30m) or a time (2026-11-23T15:04:05Z; UTC without a zone).';
  return err(failure('usage', `${JSON.stringify(said.slice(0, 40))} is neither a time nor a duration`, { hint }));
}
