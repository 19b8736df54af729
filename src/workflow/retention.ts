import { durationOf } from '../domain/duration.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** How much of the past is kept: what ended within an age, or so many of the newest. */
export type Keep = { readonly milliseconds: number } | { readonly newest: number };

export function parseKeep(text: string): Result<Keep, Failure> {
  const said = text.trim();
  if (/^\d{1,9}$/.test(said)) return ok({ newest: Number(said) });
  const milliseconds = durationOf(said);
  if (milliseconds !== undefined) return ok({ milliseconds });
  const hint = 'Write an age (30d, 12h, 45m) or how many of the newest runs are kept (100).';
  return err(failure('usage', `--keep ${JSON.stringify(text.slice(0, 40))} is neither an age nor a number`, { hint }));
}

interface Ended {
  readonly id: string;
  readonly finishedAt: number;
}

/** The runs that need not be kept, in the order in which they ended. */
export function beyond<Run extends Ended>(runs: readonly Run[], keep: Keep, now: number): readonly Run[] {
  const oldestFirst = runs.toSorted((a, b) => a.finishedAt - b.finishedAt || (a.id < b.id ? -1 : 1));
  if ('newest' in keep) return oldestFirst.slice(0, Math.max(0, oldestFirst.length - keep.newest));
  return oldestFirst.filter(({ finishedAt }) => finishedAt < now - keep.milliseconds);
}
