import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { REGISTRY } from '../../commands/registry.ts';
import { SCHEMA_NAMES, schemaOf } from '../../src/api/json-schema.ts';
import { KEYS } from '../../src/config/keys.ts';
import { PRINTED, PRINTED_IN_LINES } from '../../src/api/printed.ts';

const commands = REGISTRY.map(({ name }) => name).filter((name) => !name.startsWith('batch '));

test('every command has a schema of what it prints, and nothing else has', () => {
  expect(Object.keys(PRINTED).toSorted()).toEqual(commands.toSorted());
  for (const { name } of REGISTRY) expect([name, schemaOf(name)?.title]).toEqual([name, `provisioning ${name} --json`]);
  for (const name of PRINTED_IN_LINES)
    expect(schemaOf(name)).toMatchObject({ contentMediaType: 'application/x-ndjson' });
});

test('the schema of the configuration has every key that there is', () => {
  const { settings } = PRINTED['config show'].options[1].shape;
  const keys = Object.entries(settings.shape).flatMap(([section, schema]) =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape).map((key) => `${section}.${key}`) : [],
  );
  expect(keys.toSorted()).toEqual(KEYS.map(({ path }) => path).toSorted());
});

test('what is called otherwise has none', () => {
  for (const name of ['', 'server', 'server  list', 'toString', 'batch server list'])
    expect(schemaOf(name)).toBeUndefined();
});

describe('a published schema', () => {
  test.each(SCHEMA_NAMES)('of %s is one that a program can use, and says no to what is not printed', (name) => {
    const schema = z.fromJSONSchema(schemaOf(name) as never);
    expect(schema.safeParse({ surprise: 1 }).success).toBe(false);
    expect(schema.safeParse(7).success).toBe(false);
    const failed = { error: { code: 'usage', id: 'PRV-0002', message: 'no' } };
    expect(schema.safeParse(failed).success).toBe(name !== 'explain-mode');
    expect(schema.safeParse({ error: { ...failed.error, surprise: 1 } }).success).toBe(false);
  });
});
