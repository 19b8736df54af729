import { isEndWanted } from '../domain/workflow.ts';
import type { Dependency, OnFailure } from '../domain/workflow.ts';
import { BITS, flatten } from './flat.ts';
import type { Claim, Edges, Flat, Wanted } from './flat.ts';

export function wantedBy(dependency: Dependency, onFailure: OnFailure | undefined): Wanted {
  const takes = (end: 'completed' | 'failed' | 'skipped'): boolean => isEndWanted(dependency, end, onFailure);
  if (takes('skipped')) return 'any';
  if (takes('completed')) return takes('failed') ? 'run' : 'completed';
  return 'failed';
}

/**
 * The claims `{ node, on }` that hold in no run: in none does `node` begin after `on` has completed. Why: `torn` would
 * have to complete, for one of the two, and to fail, for one of the two.
 *
 * That is exact. What begins lays down how some of what is before it has ended: what it needs to have completed, failed
 * or run, and whatever those needed to begin themselves. Where two begin and nobody is wanted with both ends, all those
 * can end as they are wanted to; the others end somehow, and whoever waits for them does not mind how.
 *
 * Goes through the graph once for each 32 operations for whose failure something waits, with a bit for each.
 */
export function impossibleClaims<T extends Claim>(
  graph: Edges,
  claims: readonly T[],
): readonly { readonly claim: T; readonly torn: number }[] {
  if (claims.length === 0) return [];
  const flat = flatten({ ...graph, edges: graph.edges.map((some) => some.filter(({ wanted }) => wanted !== 'any')) });
  const placed = claims
    .map((claim) => ({ claim, node: flat.places[claim.node] ?? 0, on: flat.places[claim.on] ?? 0 }))
    .toSorted((a, b) => b.node - a.node);
  const last = placed[0]?.node ?? 0;
  const failing = [...new Set(flat.on.filter((_, edge) => flat.wanted[edge] === 'failed'))].toSorted((a, b) => a - b);
  const found = new Map<T, number>();
  const laidDown = createLaidDown(flat);
  for (let first = 0; first < failing.length; first += BITS) {
    const chunk = failing.slice(first, first + BITS);
    const [from = 0] = chunk;
    layDown(flat, { chunk, last }, laidDown);
    for (const { claim, node, on } of placed) {
      if (node <= from) break;
      const torn = tornBy(laidDown, node, on);
      if (torn !== 0) found.set(claim, graph.order[chunk[31 - Math.clz32(torn)] ?? 0] ?? 0);
    }
    for (const place of chunk) laidDown.own[place] = 0;
  }
  return claims.flatMap((claim) => {
    const torn = found.get(claim);
    return torn === undefined ? [] : [{ claim, torn }];
  });
}

/** For each place, a bit for each of those that are asked about. Made once: a pass takes less time than to make them. */
interface LaidDown {
  readonly own: Int32Array;
  /** Has completed when the operation begins. */
  readonly completed: Int32Array;
  readonly failed: Int32Array;
  /** For each edge, all bits where it wants this end. */
  readonly wantsCompleted: Int32Array;
  readonly wantsFailed: Int32Array;
}

function createLaidDown({ places, wanted }: Flat): LaidDown {
  const empty = (): Int32Array => new Int32Array(places.length);
  const wants = (end: Wanted): Int32Array => Int32Array.from(wanted, (one) => (one === end ? -1 : 0));
  const [wantsCompleted, wantsFailed] = [wants('completed'), wants('failed')];
  return { own: empty(), completed: empty(), failed: empty(), wantsCompleted, wantsFailed };
}

function layDown(
  { starts, on }: Flat,
  { chunk, last }: { readonly chunk: readonly number[]; readonly last: number },
  { own, completed, failed, wantsCompleted, wantsFailed }: LaidDown,
): void {
  const [from = 0] = chunk;
  completed.fill(0, 0, from);
  failed.fill(0, 0, from);
  for (const [bit, place] of chunk.entries()) own[place] = 1 << bit;
  for (let place = from; place <= last; place++) {
    const end = starts[place + 1] ?? 0;
    let [complete, fail] = [0, 0];
    for (let edge = starts[place] ?? 0; edge < end; edge++) {
      const before = on[edge] ?? 0;
      const itself = own[before] ?? 0;
      complete |= (completed[before] ?? 0) | (itself & (wantsCompleted[edge] ?? 0));
      fail |= (failed[before] ?? 0) | (itself & (wantsFailed[edge] ?? 0));
    }
    completed[place] = complete;
    failed[place] = fail;
  }
}

function tornBy({ own, completed, failed }: LaidDown, node: number, on: number): number {
  const complete = (completed[node] ?? 0) | (completed[on] ?? 0) | (own[on] ?? 0);
  return complete & ((failed[node] ?? 0) | (failed[on] ?? 0));
}
