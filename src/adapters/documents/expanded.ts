/**
 * How many values a structure has when everything that is shared in it is written out; infinite where it contains
 * itself. Each shared part is counted once and its count used again, so a file of a few lines cannot take long.
 */
export function expandedSize(value: unknown, known: Map<object, number> = new Map()): number {
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Infinity);
  let size = 1;
  for (const inner of Object.values(value)) size += expandedSize(inner, known);
  known.set(value, size);
  return size;
}
