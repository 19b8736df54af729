/** One row of a drawn graph: what stands in each column, and the column of the node itself. */
export interface Row {
  readonly node: number;
  readonly column: number;
  /** The columns that the joint of this row leads from and to. */
  readonly from: number;
  readonly to: number;
  /** For each column which ways lead out of it; `undefined` where nothing is. */
  readonly cells: readonly (Ways | undefined)[];
}

export interface Ways {
  readonly up: boolean;
  readonly down: boolean;
  readonly left: boolean;
  readonly right: boolean;
}

/**
 * Lays a graph out in rows, a node each, as `git log --graph` does: a node that others wait for holds a column until the
 * last of them has come, and whoever waits for it is joined to that column. `dependencies` by row: each row depends on
 * earlier ones only.
 */
export function railsOf(dependencies: readonly (readonly number[])[]): readonly Row[] {
  const lastUse = new Map<number, number>();
  for (const [row, before] of dependencies.entries()) for (const node of before) lastUse.set(node, row);
  /** By column, the node that holds it. */
  const columns: (number | undefined)[] = [];
  return dependencies.map((before, node) => {
    const above = [...columns];
    for (const [column, holder] of columns.entries())
      if (holder !== undefined && (lastUse.get(holder) ?? -1) <= node) columns[column] = undefined;
    // In the column of one that it depends on, if that is free by now: a chain is a straight line.
    const joined = above.flatMap((holder, column) => (holder !== undefined && before.includes(holder) ? [column] : []));
    const own = joined.find((column) => columns[column] === undefined) ?? firstFree(columns, above);
    if (lastUse.has(node)) columns[own] = node;
    const ends = [own, ...joined];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    const width = Math.max(above.length, columns.length, own + 1);
    const cells = Array.from({ length: width }, (_, column): Ways | undefined => {
      const up = above[column] !== undefined;
      const down = columns[column] !== undefined;
      const isIn = ends.includes(column);
      // What only passes by is not cut by the joint: it would look like a part of it.
      const crosses = column > from && column < to && (isIn || !up);
      const left = (isIn && column > from) || crosses;
      const right = (isIn && column < to) || crosses;
      return up || down || left || right || column === own ? { up, down, left, right } : undefined;
    });
    return { node, column: own, from, to, cells };
  });
}

/** To the right of what is being joined rather than in the middle of it. */
function firstFree(columns: readonly (number | undefined)[], above: readonly (number | undefined)[]): number {
  const free = columns.findIndex((holder, column) => holder === undefined && above[column] === undefined);
  return free === -1 ? columns.length : free;
}
