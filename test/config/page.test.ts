import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configurationPage, PAGE } from '../../src/build/configuration-page.ts';

test('the page about configuration says what the schema says: node src/build/configuration-page.ts writes it', async () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(await configurationPage());
});
