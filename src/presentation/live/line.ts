import { oneLine } from '../escape.ts';
import { widthOf } from '../table.ts';

/** A stretch of a line; `text` may come from anywhere, it is escaped when the line is made. */
export interface Span {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** One row of the screen, painted, and how many columns it takes. */
export interface Line {
  readonly text: string;
  readonly width: number;
}

/**
 * Cut to the columns that there are, one less: a character in the last column leaves the cursor in a state that
 * terminals do not agree about. What is cut says so by `ellipsis`, a character of one column.
 */
export function lineOf(spans: readonly (Span | string)[], columns: number, ellipsis = '…'): Line {
  const room = Math.max(1, columns - 1);
  const parts = spans.map((span) =>
    typeof span === 'string' ? { text: oneLine(span) } : { ...span, text: oneLine(span.text) },
  );
  const fits = parts.reduce((sum, part) => sum + widthOf(part.text), 0) <= room;
  const limit = fits ? room : room - 1;
  let text = '';
  let width = 0;
  for (const { text: said, paint = asItIs } of parts) {
    const isWhole = width + widthOf(said) <= limit;
    const shown = isWhole ? said : `${cut(said, limit - width)}${ellipsis}`;
    text += paint(shown);
    width += widthOf(shown);
    if (!isWhole) break;
  }
  return { text, width };
}

const asItIs = (text: string): string => text;

/** As much of the beginning as fits into so many columns. */
export function cut(text: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
}
