import { cut } from './live/line.ts';
import { manyLines, oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { widthOf } from './table.ts';

/** Wider names are cut: the line is what matters. */
const MAX_NAME = 24;

/**
 * Pieces of what several tasks print at once → whole lines, each with the name of its task before it. `end` gives what
 * was begun and not ended.
 */
export function labelledLines(names: readonly string[], style: Style) {
  const width = Math.min(
    MAX_NAME,
    names.reduce((widest, name) => Math.max(widest, widthOf(oneLine(name))), 0),
  );
  const rests = new Map<string, string>();
  const label = (name: string): string => {
    const shown = cut(oneLine(name), width);
    return style.dim(`${shown}${' '.repeat(width - widthOf(shown))} | `);
  };
  const line = (name: string, text: string): string => `${label(name)}${manyLines(text)}\n`;
  return {
    take: (name: string, piece: string): string => {
      const lines = ((rests.get(name) ?? '') + piece).split('\n');
      rests.set(name, lines.pop() ?? '');
      return lines.map((text) => line(name, text)).join('');
    },
    end: (name: string): string => {
      const rest = rests.get(name) ?? '';
      rests.delete(name);
      return rest === '' ? '' : line(name, rest);
    },
  };
}
