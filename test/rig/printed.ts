import { expect } from 'vitest';
import { z } from 'zod';
import { schemaOf } from '../../src/api/json-schema.ts';
import { PRINTED_IN_LINES } from '../../src/api/printed.ts';

/** Throws unless `stdout` is nothing but what the published schema of the command allows. Returns it. */
export function expectPrinted(command: string, stdout: string): unknown {
  const published = schemaOf(command);
  if (published === undefined) throw new Error(`${command} has no published schema`);
  const schema = z.fromJSONSchema(published as never);
  const documents = PRINTED_IN_LINES.has(command.replace(/^batch /, 'workflow ')) ? linesOf(stdout) : [stdout];
  const values = documents.map((text): unknown => JSON.parse(text));
  for (const value of values) {
    const parsed = schema.safeParse(value);
    expect(parsed.success ? [] : parsed.error.issues, `${command} printed ${JSON.stringify(value)}`).toEqual([]);
  }
  return values.length === 1 ? values[0] : values;
}

function linesOf(text: string): string[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}
