import type { GraphDocument } from '../../api/views.ts';
import { oneLine } from '../escape.ts';
import type { Symbols } from '../live/symbols.ts';
import { statusStyle } from '../style.ts';
import type { Style } from '../style.ts';
import { widthOf } from '../table.ts';
import { railsOf } from './rails.ts';
import type { Row, Ways } from './rails.ts';

/** Wider drawings are read by nobody: then each row names what it waits for. */
const MAX_COLUMNS = 30;

/** The graph as text: a row for each operation, in an order in which they could be executed. */
export function graphText(graph: GraphDocument, style: Style, symbols: Symbols): string {
  const rowOf = new Map(graph.nodes.map(({ id }, row) => [id, row]));
  const before = graph.nodes.map((): number[] => []);
  for (const { from, to } of graph.edges) {
    const [source, target] = [rowOf.get(from), rowOf.get(to)];
    if (source !== undefined && target !== undefined) before[target]?.push(source);
  }
  const rows = railsOf(before);
  const columns = rows.reduce((widest, { cells }) => Math.max(widest, cells.length), 0);
  const isDrawn = columns <= MAX_COLUMNS;
  const width = graph.nodes.reduce((widest, { id }) => Math.max(widest, widthOf(id)), 0);
  const lines = graph.nodes.map((node, index) => {
    const paint = statusStyle(node.status ?? '', style);
    const symbol = paint(symbols.of[node.status ?? 'pending']);
    const row = rows[index];
    const rails = isDrawn && row !== undefined ? drawn(row, columns, { symbol, isAscii: symbols.dot === '-' }) : symbol;
    const names = before[index]?.map((source) => graph.nodes[source]?.id ?? '') ?? [];
    const waits = isDrawn || names.length === 0 ? '' : style.dim(`  after ${names.join(', ')}`);
    const status = node.status === null ? '' : `  ${paint(node.status)}`;
    const special = conditions(graph, node.id);
    const name = `${style.bold(oneLine(node.id))}${' '.repeat(width - widthOf(node.id))}`;
    return `${rails} ${name}  ${style.dim(oneLine(node.type))}${status}${special}${waits}\n`;
  });
  return lines.join('');
}

/** Dependencies that wait for something else than success. */
function conditions({ edges }: GraphDocument, id: string): string {
  const special = edges.filter(({ to, kind, on }) => to === id && (kind !== 'hard' || on !== 'success'));
  if (special.length === 0) return '';
  return `  (${special.map(({ from, kind, on }) => `${oneLine(from)}: ${kind}, on ${on}`).join('; ')})`;
}

function drawn(
  { cells, column, from, to }: Row,
  columns: number,
  { symbol, isAscii }: { symbol: string; isAscii: boolean },
): string {
  const line = isAscii ? '-' : '─';
  return Array.from({ length: columns }, (_, index) => {
    const cell = cells[index];
    const shown = index === column ? symbol : cell === undefined ? ' ' : joint(cell, isAscii);
    const isLast = index === columns - 1;
    return isLast ? shown : `${shown}${index >= from && index < to ? line : ' '}`;
  }).join('');
}

/** By which ways there are: up, down, left, right. */
const JOINTS: Readonly<Record<string, string>> = {
  '1000': '╵',
  '0100': '╷',
  '1100': '│',
  '0011': '─',
  '1001': '└',
  '1010': '┘',
  '0101': '┌',
  '0110': '┐',
  '1101': '├',
  '1110': '┤',
  '1011': '┴',
  '0111': '┬',
  '1111': '┼',
};

function joint({ up, down, left, right }: Ways, isAscii: boolean): string {
  if (isAscii) return up || down ? (left || right ? '+' : '|') : '-';
  return JOINTS[[up, down, left, right].map(Number).join('')] ?? ' ';
}
