import type { RunDocument } from '../api/documents.ts';
import { isRecord } from '../domain/json.ts';
import { oneLine } from './escape.ts';
import type { Style } from './style.ts';

/** What one host has otherwise than it shall be. */
interface Change {
  readonly kind: string;
  readonly name: string;
  readonly detail: string;
  readonly diff: readonly string[];
}

interface Compared {
  readonly server: string;
  readonly changes: readonly Change[];
}

/** Whether a run of comparing operations (`taskserv.check` …) found anything that differs. */
export const foundDifferences = ({ tasks }: Pick<RunDocument, 'tasks'>): boolean =>
  tasks.some(({ result }) => result?.['differs'] === true);

/** For each thing that was compared, what differs on which server; `+` and `-` lines where it was asked for. */
export function comparisonText({ tasks }: Pick<RunDocument, 'tasks'>, style: Style): string {
  return tasks.map(({ id, result }) => taskText(id, result, style)).join('');
}

function taskText(id: string, result: RunDocument['tasks'][number]['result'], style: Style): string {
  const differing = comparedIn(result?.['servers']).filter(({ changes }) => changes.length > 0);
  const total = differing.reduce((sum, { changes }) => sum + changes.length, 0);
  const title = `${style.bold(oneLine(id))}: ${
    total === 0
      ? `nothing differs${ofWhat(result?.['compared'])}`
      : `${total} ${total === 1 ? 'difference' : 'differences'}`
  }\n`;
  return title + differing.map((server) => serverText(server, style)).join('');
}

/** Where not all that one could think of was compared. */
const ofWhat = (compared: unknown): string =>
  Array.isArray(compared) && compared.length > 0
    ? ` of what was compared: ${compared.map((one) => oneLine(text(one))).join(', ')}`
    : '';

const serverText = ({ server, changes }: Compared, style: Style): string =>
  `  ${oneLine(server)}\n${changes.map((change) => changeText(change, style)).join('')}`;

function changeText({ kind, name, detail, diff }: Change, style: Style): string {
  const lines = diff.map((line) => `        ${paint(oneLine(line), style)}\n`).join('');
  const head = `${oneLine(kind)} ${oneLine(name)}${detail === '' ? '' : `: ${oneLine(detail)}`}`;
  return `    ${style.yellow('~')} ${head}\n${lines}`;
}

function paint(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line);
  return line.startsWith('-') ? style.red(line) : line;
}

/** What the operation left is data of a script: what has another form is left out. */
function comparedIn(servers: unknown): readonly Compared[] {
  return list(servers).map((server) => ({
    server: text(server['server']),
    changes: list(server['changes']).map((change) => ({
      kind: text(change['kind']),
      name: text(change['name']),
      detail: text(change['detail']),
      diff: Array.isArray(change['diff']) ? change['diff'].map(text) : [],
    })),
  }));
}

const list = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((entry): entry is Record<string, unknown> => isRecord(entry)) : [];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
