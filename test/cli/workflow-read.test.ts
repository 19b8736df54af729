import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });
const says = (id: string, text: string) => ({ id, type: 'command.run', params: { argv: ['printf', '%b', text] } });

test('list shows runs newest first, status takes @latest and unique prefixes', async ({ home, provisioning }) => {
  home.write('one.json', flow(says('a', '')));
  const ids: string[] = [];
  for (let round = 0; round < 2; round++)
    ids.unshift((await provisioning('workflow run one.json --quiet')).stdout.trim());
  expect((await provisioning('batch list --quiet')).stdout).toBe(`${ids.join('\n')}\n`);
  expect((await provisioning('workflow list')).stdout).toMatch(/^ID +NAME +STATUS +MODE/);
  expect((await provisioning('workflow status @latest --json')).json<RunDocument>().workflow_id).toBe(ids[0]);
  const ambiguous = await provisioning(`workflow status ${ids[0]?.slice(0, 2)}`);
  expect(ambiguous.code).toBe(6);
  expect((await provisioning('workflow status nobody')).code).toBe(4);
});

test('logs show what tasks printed, with control characters made visible', async ({ home, provisioning }) => {
  home.write('flow.json', flow(says('a', 'one\\ntwo \\033[31mred\\n'), says('b', 'bee')));
  await provisioning('workflow run flow.json');
  const one = await provisioning('workflow logs @latest a');
  expect(one.stdout).toBe('one\ntwo \\x1b[31mred\n');
  const all = await provisioning('workflow logs @latest');
  expect(all.stdout).toContain('a\none\n');
  expect(all.stdout).toContain('b\nbee\n');
  const data = await provisioning('workflow logs @latest b --json');
  expect(data.json()).toMatchObject([{ id: 'b', attempt: 1, output: 'bee' }]);
  const unknown = await provisioning('workflow logs @latest c');
  expect(unknown.code).toBe(4);
});

test('validate shows the order, and with --json the definition with its defaults', async ({ home, provisioning }) => {
  home.write('flow.json', flow(says('a', ''), { ...says('b', ''), dependencies: ['a'] }));
  const text = await provisioning('workflow validate flow.json');
  expect(text).toMatchObject({ code: 0, stdout: 'flow is valid: 2 operations, infra default\n  1. a\n  2. b\n' });
  const data = await provisioning('workflow validate flow.json --json');
  expect(data.json()).toMatchObject({ valid: true, workflow: { operations: [{ priority: 'normal' }, {}] } });
});

test('validate names a cycle, an unknown dependency and a missing file, each with its place', async ({
  home,
  provisioning,
}) => {
  home.write('cycle.json', flow({ ...says('a', ''), dependencies: ['b'] }, { ...says('b', ''), dependencies: ['a'] }));
  const cycle = await provisioning('workflow validate cycle.json');
  expect(cycle.code).toBe(2);
  expect(cycle.stderr).toMatch(/a → b → a|a -> b -> a/);
  home.write('unknown.json', flow(says('alpha', ''), { ...says('b', ''), dependencies: ['alpah'] }));
  const unknown = await provisioning('workflow validate unknown.json');
  expect(unknown.stderr).toContain('Did you mean "alpha"?');
  expect(unknown.stderr).toMatch(/unknown\.json:\d+:\d+/);
  expect((await provisioning('workflow validate nowhere.ncl')).code).toBe(4);
});

test('an older name in a workflow is a warning on stderr, and works', async ({ home, provisioning }) => {
  home.write('flow.json', flow(says('a', ''), { ...says('b', ''), depends_on: ['a'] }));
  const ran = await provisioning('workflow run flow.json');
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('warning:');
  expect(ran.stderr).toContain('depends_on');
});
