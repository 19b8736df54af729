import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

interface Template {
  readonly kind: string;
  readonly name: string;
  readonly summary: string;
  readonly path: string;
}

const SHIPPED = resolve(import.meta.dirname, '../../templates');

test('template list has every taskserv and workflow that is shipped, with a line about each', async ({
  provisioning,
}) => {
  const templates = (await provisioning('template list --json')).json<readonly Template[]>();
  const named = (kind: string): readonly string[] =>
    templates.filter((template) => template.kind === kind).map(({ name }) => name);
  expect(named('taskserv')).toEqual(readdirSync(join(SHIPPED, 'taskservs')).toSorted());
  const workflows = readdirSync(join(SHIPPED, 'workflows')).map((file) => file.replace(/\.ncl$/, ''));
  expect(named('workflow')).toEqual(workflows.toSorted());
  expect(named('workspace')).toEqual(['workspace']);
  expect(named('template')).toContain('apps/app.yaml');
  for (const { name, summary, path } of templates)
    expect([name, summary, existsSync(path)]).toEqual([name, expect.stringMatching(/^.{10,}$/), true]);
  const { stdout } = await provisioning('template list');
  for (const { kind, name, summary } of templates)
    expect(stdout).toMatch(new RegExp(`^${kind} +${name} +${RegExp.escape(summary)}$`, 'm'));
});

test('a workflow of the list is valid as it is shown and put into a workspace', async ({ home, provisioning }) => {
  home.write('copy.ncl', (await provisioning('template show multi-cloud-deployment')).stdout);
  expect((await provisioning('workflow validate copy.ncl')).code).toBe(0);
});

test('each of them can be shown: what a taskserv may be told, a file as it is, a folder by its names', async ({
  provisioning,
}) => {
  const text = async (name: string): Promise<string> => (await provisioning(`template show ${name}`)).stdout;
  expect(await text('nginx')).toBe(readFileSync(join(SHIPPED, 'taskservs/nginx/manifest.toml'), 'utf8'));
  expect(await text('apps/app.yaml')).toBe(readFileSync(join(SHIPPED, 'apps/app.yaml.j2'), 'utf8'));
  expect(await text('workspace')).toContain('workspace/provisioning.toml\n');
  expect(await provisioning('template show ngnix')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Did you mean "nginx"?') as string,
  });
});

test('the taskservs of the workspace are among them', async ({ home, provisioning }) => {
  home.write('taskservs/dns/manifest.toml', 'name = "dns"\nsummary = "Names for hosts"\n');
  const { stdout } = await provisioning('template list');
  expect(stdout).toMatch(/^taskserv +dns +Names for hosts$/m);
});
