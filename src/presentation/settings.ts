import { oneLine } from './escape.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: string;
}

export function settingsText(settings: readonly Setting[], withOrigin: boolean, style: Style): string {
  const rows = settings.map(({ key, value, origin }) => [key, valueText(value), ...(withOrigin ? [origin] : [])]);
  return table(['KEY', 'VALUE', ...(withOrigin ? ['FROM'] : [])], rows, style);
}

export interface Explanation {
  readonly key: string;
  readonly value: unknown;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
  /** `null`: it has none. */
  readonly variable: string | null;
  readonly aliases: readonly string[];
  readonly refused_in_workspace: string | null;
  readonly layers: readonly { readonly value: unknown; readonly origin: string; readonly won: boolean }[];
}

/** One key: what it means, and every layer's word about it, the highest first. */
export function explanationText(one: Explanation, style: Style): string {
  const lines = [
    `${style.bold(one.key)} = ${valueText(one.value)}`,
    oneLine(one.meaning),
    '',
    `must be   ${oneLine(one.type)}`,
    `default   ${oneLine(one.default)}`,
    `variable  ${one.variable ?? 'none: pools are set in documents'}`,
    ...(one.aliases.length === 0 ? [] : [`aliases   ${one.aliases.join(', ')}`]),
    ...(one.refused_in_workspace === null ? [] : [`workspace may not set it: ${oneLine(one.refused_in_workspace)}`]),
    '',
    ...one.layers.map(({ value, origin, won }) => {
      const line = `${won ? '→' : ' '} ${valueText(value)}  (${oneLine(origin)})`;
      return won ? line : style.dim(line);
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** `documents` are the paths that were read, the lowest layer first. */
export const validConfigText = (documents: readonly string[], style: Style): string =>
  documents.length === 0
    ? `The configuration is ${style.green('valid')}: nothing but what is built in.\n`
    : `The configuration is ${style.green('valid')}:\n${documents.map((file) => `  ${oneLine(file)}\n`).join('')}`;

/** As it would stand in a document; a key without a value has none. */
const valueText = (value: unknown): string => (value === null ? '(none)' : oneLine(JSON.stringify(value)));
