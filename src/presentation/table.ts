import { oneLine } from './escape.ts';
import type { Style } from './style.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** Columns two spaces apart, as wide as their widest cell. What is in the cells is escaped here. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (Cell | string)[])[],
  style: Style,
): string {
  const cells = rows.map((row) => row.map(toCell));
  const widths = headings.map((heading, column) =>
    Math.max(widthOf(heading), ...cells.map((row) => widthOf(row[column]?.text ?? ''))),
  );
  const head = headings.map((heading) => ({ text: heading, paint: (text: string) => style.bold(text) }));
  return [head, ...cells].map((row) => `${line(row, widths)}\n`).join('');
}

function line(row: readonly Cell[], widths: readonly number[]): string {
  const last = row.findLastIndex(({ text }) => text !== '');
  return row
    .slice(0, last + 1)
    .map(({ text, paint }, column) => {
      const padding = column === last ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(text));
      return (paint?.(text) ?? text) + padding;
    })
    .join('  ');
}

function toCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: oneLine(cell) } : { ...cell, text: oneLine(cell.text) };
}

/** In characters; a wide one counts twice, a combining one not at all. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{Mark}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
