/** What the end of one operation must be for the start of another; `any`: it may even not have run. */
export type Wanted = 'any' | 'run' | 'completed' | 'failed';

export interface Edge {
  readonly on: number;
  readonly wanted: Wanted;
}

export interface Edges {
  /** For each operation, what it depends on. */
  readonly edges: readonly (readonly Edge[])[];
  /** Each operation after all that it depends on. */
  readonly order: readonly number[];
}

/** Says that a node depends on another one, directly or through others. */
export interface Claim {
  readonly node: number;
  readonly on: number;
}

/**
 * Edges for who goes through them thousands of times. Nodes are their places in the order here: what a node depends on
 * comes before it. The edges of place `n` are those from `starts[n]` to before `starts[n + 1]`.
 */
export interface Flat {
  readonly places: Int32Array;
  readonly starts: Int32Array;
  readonly on: Int32Array;
  readonly wanted: readonly Wanted[];
}

export function flatten({ edges, order }: Edges): Flat {
  const places = new Int32Array(edges.length);
  for (const [place, node] of order.entries()) places[node] = place;
  const starts = new Int32Array(edges.length + 1);
  const inOrder = order.flatMap((node, place) => {
    const own = edges[node] ?? [];
    starts[place + 1] = (starts[place] ?? 0) + own.length;
    return own;
  });
  const on = Int32Array.from(inOrder, (edge) => places[edge.on] ?? 0);
  return { places, starts, on, wanted: inOrder.map(({ wanted }) => wanted) };
}

/** As many nodes are asked about in one pass through a graph: a bit for each. */
export const BITS = 32;
