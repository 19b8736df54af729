import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const FLOW = JSON.stringify({
  name: 'piped',
  operations: [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }],
});

test('a workflow comes from standard input where its file is "-"', async ({ provisioning }) => {
  expect(await provisioning('workflow validate - --quiet', { input: FLOW })).toMatchObject({ code: 0, stdout: 'a\n' });
  expect((await provisioning('workflow graph -', { input: FLOW })).stdout).toContain('a');
  const ran = await provisioning('workflow submit - --wait --json', { input: FLOW });
  expect([ran.code, ran.json()]).toEqual([0, expect.objectContaining({ name: 'piped', status: 'completed' })]);
  const again = await provisioning('workflow run - --json', { input: FLOW });
  expect(again.json<RunDocument>()).toMatchObject({ status: 'completed', mode: 'direct' });
  expect(again.json()).not.toHaveProperty('source');
});

for (const [input, said] of [
  ['', 'the file is empty'],
  ['{ "name": "x",\n "operations": [ { "idd": 1 } ] }', 'standard input:2:'],
  ['{ nonsense', 'standard input:1:3'],
  ['\u0000', 'not UTF-8 text'],
] as const)
  test(`what is wrong there is told with its place: ${JSON.stringify(input)}`, async ({ provisioning }) => {
    const ran = await provisioning('workflow validate -', { input });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(said)]);
  });
