/** Both count from 1; a column counts characters, not UTF-16 units or bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Beyond this many units from the start of its line, a column counts UTF-16 units: programs write lines of megabytes. */
const COUNTED = 2000;

/** Answers where an offset of `text` (in UTF-16 units) is. */
export function positionsOf(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastNotAfter(starts, offset);
    const start = starts[line] ?? 0;
    const units = offset - start;
    const column = units > COUNTED ? units : Array.from(text.slice(start, offset)).length;
    return { line: line + 1, column: column + 1 };
  };
}

/** The line with a caret under the column, to be shown below a message. */
export function excerpt(text: string, at: Position): string {
  const source = (text.split('\n')[at.line - 1] ?? '').replace(/\r$/, '');
  const number = String(at.line);
  const before = Array.from(source).slice(0, at.column - 1);
  const indent = before.map((character) => (character === '\t' ? '\t' : ' ')).join('');
  return `${number} | ${source}\n${' '.repeat(number.length)} | ${indent}^`;
}

function lastNotAfter(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
