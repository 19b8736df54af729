import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CHECKS = 68;
const at = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
const rows = [...at('README.md').matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, number, where = '']) => ({
  number: Number(number),
  where,
}));

test('every check has its row, once and in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: CHECKS }, (_, index) => index + 1));
});

test('every test that the table names exists, and what is left out has a reason', () => {
  for (const { number, where } of rows) {
    const named = [...where.matchAll(/`([^`]+\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)];
    if (where.startsWith('left out: ')) continue;
    expect({ number, named: named.length > 0 }).toEqual({ number, named: true });
    for (const [, file = '', titles = ''] of named)
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g))
        expect({ number, file, title, found: at(file).includes(title) }).toMatchObject({ found: true });
  }
});

test('the changelog says nothing twice', () => {
  const entries = at('../CHANGELOG.md').split(/^- /m).slice(1);
  expect(entries.filter((entry, index) => entries.indexOf(entry) !== index)).toEqual([]);
});

test('npm run bench runs every benchmark that there is', () => {
  const folder = join(import.meta.dirname, 'bench');
  const programs = readdirSync(folder).filter((name) =>
    /^\/\*\*[^/]*(`node test|`npm run bench)/m.test(at(`bench/${name}`)),
  );
  const { scripts } = JSON.parse(at('../package.json')) as { scripts: { bench: string } };
  expect(programs).toHaveLength(3);
  for (const name of programs) expect(scripts.bench).toContain(`node test/bench/${name}`);
});
