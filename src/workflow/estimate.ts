import { orderOf } from './order.ts';

/** Fewer tell nothing: one slow mirror, and the estimate is wrong for everybody. */
const ENOUGH_SAMPLES = 3;

/** What one of these does says nothing about the next one. */
const ANYTHING = new Set(['command.run', 'nushell.run']);

/** How long operations took in earlier runs, in milliseconds; by `type id`, and by type alone for new ones. */
export class Durations {
  readonly #samples = new Map<string, number[]>();

  add({ type, id }: { readonly type: string; readonly id: string }, milliseconds: number): void {
    for (const key of [`${type} ${id}`, type]) {
      const samples = this.#samples.get(key);
      if (samples === undefined) this.#samples.set(key, [milliseconds]);
      else samples.push(milliseconds);
    }
  }

  /** The median of this operation's, else of its type's; `undefined` while there are fewer than three of either. */
  expected({ type, id }: { readonly type: string; readonly id: string }): number | undefined {
    return this.#median(`${type} ${id}`) ?? (ANYTHING.has(type) ? undefined : this.#median(type));
  }

  #median(key: string): number | undefined {
    const samples = this.#samples.get(key) ?? [];
    if (samples.length < ENOUGH_SAMPLES) return undefined;
    return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
  }
}

export interface Remaining {
  /** Expected from its start to its end; `undefined`: nobody knows. */
  readonly expected: number | undefined;
  /** Since its start; 0 for one that has not begun. */
  readonly elapsed: number;
  readonly ended: boolean;
}

/**
 * Milliseconds until the last task has ended: its longest chain of dependencies, or all the work spread over the slots,
 * whichever is longer. `undefined` while it is not known of every task that is left.
 */
export function estimate(
  tasks: readonly Remaining[],
  dependencies: readonly (readonly number[])[],
  slots: number,
): number | undefined {
  const left = tasks.map(({ expected, elapsed, ended }) => {
    if (ended) return 0;
    return expected === undefined ? undefined : Math.max(0, expected - elapsed);
  });
  const ends = left.map(() => 0);
  let total = 0;
  for (const node of orderOf(dependencies).order) {
    const own = left[node];
    if (own === undefined) return undefined;
    total += own;
    ends[node] = own + (dependencies[node] ?? []).reduce((end, before) => Math.max(end, ends[before] ?? 0), 0);
  }
  const chain = ends.reduce((longest, end) => Math.max(longest, end), 0);
  return Math.max(chain, total / Math.max(1, slots));
}
