import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

const SHOP = JSON.stringify({ name: 'shop', image: 'nginx:1.29', replicas: 2, port: 80, env: [] });

test('a shipped template is rendered to stdout, or to one file for each set of values', async ({
  home,
  provisioning,
}) => {
  home.write('shop.json', SHOP);
  home.write('blog.json', SHOP.replace('shop', 'blog'));
  const shown = await provisioning('template render apps/app.yaml --values shop.json');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('kind: Deployment');
  const written = await provisioning(
    'template render apps/app.yaml --values shop.json --output shop.yaml --values blog.json --output blog.yaml',
  );
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(`${home.workspace}/blog.yaml`, 'utf8')).toContain('name: "blog"');
  expect(readFileSync(`${home.workspace}/shop.yaml`, 'utf8')).toBe(shown.stdout);
});

test('a template of the user meets the schema that is given', async ({ home, provisioning }) => {
  home.write('own.yaml.j2', 'count: {{ count }}\n');
  home.write('schema.json', JSON.stringify({ type: 'object', properties: { count: { type: 'integer' } } }));
  home.write('good.json', '{"count": 3}');
  home.write('bad.json', '{"count": "many"}');
  const good = await provisioning('template render ./own.yaml.j2 --values good.json --schema schema.json');
  expect(good).toMatchObject({ code: 0, stdout: 'count: 3\n' });
  const bad = await provisioning(
    'template render ./own.yaml.j2 --values bad.json --schema schema.json --output o.yaml',
  );
  expect(bad.code).toBe(2);
});

test('what cannot be is refused: an unknown template, values that are no object, outputs without values', async ({
  home,
  provisioning,
}) => {
  const unknown = await provisioning('template render apps/ap.yaml');
  expect(unknown.code).toBe(4);
  expect(unknown.stderr).toContain('Did you mean "apps/app.yaml"?');
  home.write('list.json', '[]');
  expect((await provisioning('template render apps/app.yaml --values list.json')).code).toBe(2);
  expect((await provisioning('template render apps/app.yaml --output a --output b')).code).toBe(2);
});
