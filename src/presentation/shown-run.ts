import type { ShownRun } from '../api/views.ts';
import { jsonText, oneLine } from './escape.ts';
import { statusStyle } from './style.ts';
import type { Style } from './style.ts';

/** What a run was asked to do: where it came from, and each operation with its fields as they hold, defaults included. */
export function shownText({ run, definition }: Pick<ShownRun, 'run' | 'definition'>, style: Style): string {
  const { operations, ...rest } = definition;
  const status = statusStyle(run.status, style)(run.status);
  const facts = { workspace: run.workspace, mode: run.mode, file: run.source?.file, ...rest, name: undefined };
  return [
    `${style.bold(oneLine(run.name))}  ${status}\n${style.dim(run.workflow_id)}\n`,
    ...fieldsOf(facts, '', style),
    ...operations.map(({ id, type, ...fields }) => {
      const shown = Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
      return `\n${style.bold(oneLine(id))}  ${style.dim(oneLine(type))}\n${fieldsOf(shown, '  ', style).join('')}`;
    }),
  ].join('');
}

const fieldsOf = (record: object, indent: string, style: Style): readonly string[] =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${style.dim(`${oneLine(key)}:`)} ${oneLine(textOf(value))}\n`);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : oneRow(value));

/** JSON in one row. */
const oneRow = (value: unknown): string => jsonText(value).trimEnd().replaceAll(/\n\s*/g, ' ');

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
