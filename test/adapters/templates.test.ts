import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonRecord } from '../../src/domain/json.ts';
import { app, APP, cluster, CONTROL_PLANE, shippedTemplates, templatesFolder, WORKER } from '../rig/templates.ts';

const templates = shippedTemplates();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prv-templates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function render(template: string, values: JsonRecord): Promise<string> {
  const outcome = await templates.render(template, values);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const parsed = (yaml: string): unknown[] => [...parseAllDocuments(yaml)].map((one) => one.toJS() as unknown);

const HOSTILE = [
  `it's "quoted" \\ and \\n`,
  'two\nlines: yes\n---\n- x\r\n\ttab',
  '{{ cluster }} {% raw %} {# comment #}',
  '$(id) `id` $HOME ; touch x #',
  '../../etc/passwd',
  '\u0000\u0007\u001b\u0085\u009f\u2028\u2029\ufeff\u007f😀',
  '!!binary &anchor *alias %TAG <html> & ?',
  'null',
  'yes',
  '1e3',
  '',
  ' ',
  'x'.repeat(10_000),
];

describe('rendering', () => {
  test('the shipped templates have these names', async () => {
    expect(await templates.names()).toEqual(expect.arrayContaining([APP, CONTROL_PLANE, WORKER]));
  });

  test('a name that is not there comes with a suggestion', async () => {
    expect(await templates.render('apps/ap.yaml', {})).toMatchObject({
      ok: false,
      error: { code: 'not_found', hint: 'Did you mean "apps/app.yaml"?' },
    });
  });

  test.each(['../package.json', 'apps/../apps/app.yaml', 'apps/app.schema.json'])(
    '%s is no way to read another file of the program',
    async (name) => {
      expect(await templates.render(name, {})).toMatchObject({ ok: false, error: { code: 'not_found' } });
    },
  );

  test('a template file of the user is rendered as it stands, and its result is not escaped', async () => {
    const path = await file('nginx.conf.j2', 'server {\n{% for n in names %}\n  name {{ n }};\n{% endfor %}\n}\n');
    expect(await render(path, { names: ['a<b', 'ü\u2028'] })).toBe('server {\n  name a<b;\n  name ü\u2028;\n}\n');
  });

  test('a value that is absent is an error with file, line and a hint', async () => {
    const path = await file('x.conf.j2', 'a\nb {{ missing }}\n');
    expect(await templates.render(path, {})).toMatchObject({
      ok: false,
      error: { code: 'definition_invalid', message: 'template: undefined value', place: { file: path, line: 2 } },
    });
  });

  test.each([
    ['a\n\n{% if %}', 3],
    ['{{ x | nofilter }}', 1],
    ['\n{% include "other" %}', 2],
    ['{{ x', 1],
  ])('the template %j fails at line %i', async (text, line) => {
    const path = await file('bad (in x:7).j2', text);
    expect(await templates.render(path, { x: 1 })).toMatchObject({ ok: false, error: { place: { file: path, line } } });
  });

  test('failures do not show values', async () => {
    const path = await file('x.j2', '{{ secret }} {{ missing }}');
    expect(JSON.stringify(await templates.render(path, { secret: 'hunter2' }))).not.toContain('hunter2');
  });

  test('a template without end is stopped', async () => {
    const path = await file(
      'x.j2',
      '{% for a in range(10000) %}{% for b in range(10000) %}{% for c in range(10000) %}{% endfor %}{% endfor %}{% endfor %}',
    );
    expect(await templates.render(path, {})).toMatchObject({
      ok: false,
      error: { message: 'template: engine ran out of fuel' },
    });
  });

  test('a failed rendering leaves nothing behind for the next', async () => {
    await templates.render(await file('x.j2', '{{ missing }}'), {});
    expect(await render(await file('y.j2', '{{ x }}'), { x: 1 })).toBe('1');
  });
});

describe('the shipped templates', () => {
  // What goes into a service's file is quoted for it by `client/service-file.ts`.
  test('every interpolation in those of YAML is quoted by tojson', async () => {
    for (const name of (await templates.names()).filter((one) => one.endsWith('.yaml'))) {
      const source = await readFile(join(templatesFolder, `${name}.j2`), 'utf8');
      const interpolations = [...source.matchAll(/\{\{.*?\}\}/g)].map(([whole]) => `${name}: ${whole}`);
      expect(interpolations.filter((whole) => !whole.endsWith('| tojson }}'))).toEqual([]);
    }
  });

  test.each(HOSTILE.map((value) => [value]))('%j stays data in all of them', async (value) => {
    const init = parsed(
      await render(CONTROL_PLANE, { ...cluster, cluster: value, node: { name: value, address: value } }),
    );
    expect(init).toHaveLength(2);
    expect(init[0]).toMatchObject({ nodeRegistration: { name: value }, localAPIEndpoint: { advertiseAddress: value } });
    expect(init[1]).toMatchObject({ clusterName: value });
    const join = parsed(await render(WORKER, { ...cluster, node: { name: value, address: value } }));
    expect(join).toMatchObject([{ kind: 'JoinConfiguration', nodeRegistration: { name: value } }]);
    const rendered = parsed(await render(APP, { ...app, image: value, env: [{ name: value, value }] }));
    expect(rendered).toMatchObject([
      { spec: { template: { spec: { containers: [{ image: value, env: [{ name: value, value }] }] } } } },
      { kind: 'Service' },
    ]);
  });

  test.each([
    [CONTROL_PLANE, cluster],
    [CONTROL_PLANE, { ...cluster, single: true }],
    [WORKER, cluster],
    [APP, app],
    [APP, { ...app, env: [] }],
  ] as const)('%s is valid by its own schema', async (name, values) => {
    expect(await templates.renderChecked(name, values)).toMatchObject({ ok: true });
  });
});
