import { oneLine } from './escape.ts';
import type { Style } from './style.ts';

/** One `key  value` a line; lists have a line for each element. */
export function pairsText(pairs: Readonly<Record<string, unknown>>, style: Style): string {
  const rows = Object.entries(pairs).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((element) => [key, String(element)] as const) : [[key, String(value)] as const],
  );
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${style.bold(key.padEnd(width))}  ${oneLine(value)}\n`).join('');
}
