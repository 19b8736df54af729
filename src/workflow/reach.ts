import type { Graph } from './references.ts';

/** Says that a node depends on another one, directly or through others. */
export interface Claim {
  readonly node: number;
  readonly on: number;
}

/**
 * The claims that are wrong. Goes through the graph once for each 32 nodes that claims are about, with a bit for each:
 * to search for every claim would take minutes in a chain of 100,000.
 */
export function wrongClaims<T extends Claim>(graph: Pick<Graph, 'dependencies' | 'order'>, claims: readonly T[]): T[] {
  const about = Map.groupBy(claims, ({ on }) => on);
  const targets = [...about.keys()];
  const wrong = new Set<T>();
  for (let first = 0; first < targets.length; first += BITS) {
    const chunk = targets.slice(first, first + BITS);
    const reached = reach(graph, chunk);
    for (const [bit, target] of chunk.entries())
      for (const claim of about.get(target) ?? [])
        if (((reached[claim.node] ?? 0) & (1 << bit)) === 0) wrong.add(claim);
  }
  return claims.filter((claim) => wrong.has(claim));
}

const BITS = 32;

/** For each node, a bit for each target that it depends on. */
function reach({ dependencies, order }: Pick<Graph, 'dependencies' | 'order'>, targets: readonly number[]): Int32Array {
  const own = new Int32Array(dependencies.length);
  for (const [bit, target] of targets.entries()) own[target] = 1 << bit;
  const reached = new Int32Array(dependencies.length);
  for (const node of order)
    for (const dependency of dependencies[node] ?? [])
      reached[node] = (reached[node] ?? 0) | (reached[dependency] ?? 0) | (own[dependency] ?? 0);
  return reached;
}
