import type { Spread } from './workflow.ts';

/**
 * How many of `left` hosts each wave takes; together they take all. The last size that was said is repeated; a share is
 * one of all `total` hosts, and at least one. The same as `waves-of` in `src/nulib/lib/waves.nu`.
 */
export function waveSizes(waves: Spread['waves'], left: number, total: number): readonly number[] {
  const sizes: number[] = [];
  for (let rest = left; rest > 0; rest -= sizes.at(-1) ?? rest) {
    const said = waves?.[sizes.length] ?? waves?.at(-1);
    const size = said === undefined ? rest : sizeOf(said, total);
    sizes.push(Math.min(size, rest));
  }
  return sizes;
}

const sizeOf = (wave: number | string, total: number): number =>
  typeof wave === 'number' ? wave : Math.max(1, Math.floor((total * Number.parseInt(wave, 10)) / 100));

/** How many hosts may fail before no further wave begins. */
export const mayFail = (maxFailPercent: number, total: number): number => Math.floor((maxFailPercent * total) / 100);
