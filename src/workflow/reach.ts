import { BITS, flatten } from './flat.ts';
import type { Claim, Edges, Flat } from './flat.ts';

/**
 * The claims that are wrong. Goes through the graph once for each 32 nodes that claims are about, with a bit for each,
 * from the first of them to the last that claims something of them: to search for every claim would take minutes in a
 * chain of 100,000.
 */
export function wrongClaims<T extends Claim>(graph: Edges, claims: readonly T[]): T[] {
  const flat = flatten(graph);
  const placeOf = (node: number): number => flat.places[node] ?? 0;
  const about = Map.groupBy(claims, ({ on }) => placeOf(on));
  const targets = [...about.keys()].toSorted((a, b) => a - b);
  const [own, reached] = [new Int32Array(flat.places.length), new Int32Array(flat.places.length)];
  const wrong = new Set<T>();
  for (let first = 0; first < targets.length; first += BITS) {
    const chunk = targets.slice(first, first + BITS);
    const [from = 0] = chunk;
    const last = chunk
      .flatMap((target) => about.get(target) ?? [])
      .reduce((max, { node }) => Math.max(max, placeOf(node)), 0);
    for (const [bit, target] of chunk.entries()) own[target] = 1 << bit;
    reach(flat, { from, last, own }, reached);
    for (const [bit, target] of chunk.entries())
      for (const claim of about.get(target) ?? [])
        if (((reached[placeOf(claim.node)] ?? 0) & (1 << bit)) === 0) wrong.add(claim);
    reached.fill(0, from, last + 1);
    for (const target of chunk) own[target] = 0;
  }
  return claims.filter((claim) => wrong.has(claim));
}

interface Pass {
  readonly from: number;
  readonly last: number;
  /** The bit of each place that is asked about. */
  readonly own: Int32Array;
}

/** For each place, a bit for each that it depends on. */
function reach({ starts, on }: Flat, { from, last, own }: Pass, reached: Int32Array): void {
  for (let place = from; place <= last; place++) {
    const end = starts[place + 1] ?? 0;
    let found = 0;
    for (let edge = starts[place] ?? 0; edge < end; edge++) {
      const before = on[edge] ?? 0;
      found |= (reached[before] ?? 0) | (own[before] ?? 0);
    }
    reached[place] = found;
  }
}
