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

/** Names of the things that differ. */
export const differingIn = ({ tasks }: Pick<RunDocument, 'tasks'>): readonly string[] =>
  [...byThing(tasks)]
    .filter(([, results]) => results.some((result) => result['differs'] === true))
    .map(([name]) => name);

/** For each thing that was compared, what differs on which server; `+` and `-` lines where it was asked for. */
export const comparisonText = ({ tasks }: Pick<RunDocument, 'tasks'>, style: Style): string =>
  [...byThing(tasks)].map(([name, results]) => thingText(name, results, style)).join('');

type Result = Readonly<Record<string, unknown>>;

/** A taskserv whose servers have it with other parameters is compared by several tasks. */
function byThing(tasks: RunDocument['tasks']): ReadonlyMap<string, readonly Result[]> {
  return Map.groupBy(
    tasks.map(({ id, result }) => ({ ...result, name: text(result?.['name']) || id })),
    ({ name }) => name,
  );
}

function thingText(name: string, results: readonly Result[], style: Style): string {
  const differing = results
    .flatMap((result) => comparedIn(result['servers']))
    .filter(({ changes }) => changes.length > 0);
  const total = differing.reduce((sum, { changes }) => sum + changes.length, 0);
  const title = `${style.bold(oneLine(name))}: ${
    total === 0
      ? `nothing differs${ofWhat(results[0]?.['compared'])}`
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
