import { z } from 'zod';
import { errorDocument } from './documents.ts';
import { PRINTED, PRINTED_BY_ALL, PRINTED_IN_LINES } from './printed.ts';

/** A published schema: JSON Schema, draft 2020-12. */
export interface SchemaDocument {
  readonly $schema: string;
  readonly title: string;
  readonly [key: string]: unknown;
}

/** What has a schema: commands by their names, and what every command may print. */
export const SCHEMA_NAMES: readonly string[] = [...Object.keys(PRINTED), ...Object.keys(PRINTED_BY_ALL)];

/** `batch` is the same as `workflow`. A command's schema allows for the failed command, too. */
export function schemaOf(name: string): SchemaDocument | undefined {
  const table: Readonly<Record<string, z.ZodType>> = { ...PRINTED, ...PRINTED_BY_ALL };
  const known = name.replace(/^batch /, 'workflow ');
  if (!Object.hasOwn(table, known)) return undefined;
  const printed = table[known] ?? z.never();
  const whole = Object.hasOwn(PRINTED, known) ? z.union([printed, errorDocument]) : printed;
  const { $schema, ...schema } = z.toJSONSchema(whole);
  const inLines = PRINTED_IN_LINES.has(known) ? { contentMediaType: 'application/x-ndjson' } : {};
  return {
    $schema: $schema ?? '',
    title: `provisioning ${name} --json`,
    description: said(known),
    ...inLines,
    ...schema,
  };
}

const said = (name: string): string => {
  if (name === 'error') return 'What a command that failed prints.';
  if (name === 'explain-mode') return 'What any command prints with --explain-mode.';
  const each = PRINTED_IN_LINES.has(name) ? 'Each line that' : 'What';
  return `${each} the command prints on stdout, also when it failed. With --explain-mode: the schema "explain-mode".`;
};
