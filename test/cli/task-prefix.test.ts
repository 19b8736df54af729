import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import { vanish } from '../rig/control.ts';

const says = (id: string, text: string) => ({ id, type: 'command.run', params: { argv: ['echo', text] } });
const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });

test('a task is named by a unique beginning of its id; a whole id wins', async ({ home, provisioning }) => {
  home.write('flow.json', flow(says('web', 'whole'), says('web-1', 'one'), says('shop', 'sold')));
  expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
  for (const [task, text] of [
    ['web', 'whole'],
    ['web-', 'one'],
    ['s', 'sold'],
  ]) {
    for (const args of [`logs @latest ${task}`, `logs @latest ${task} --follow`])
      expect([args, (await provisioning(`workflow ${args}`)).stdout]).toEqual([args, `${text}\n`]);
  }
  expect((await provisioning('workflow why @latest sh --json')).json()).toMatchObject({ task: 'shop' });
  for (const args of ['logs @latest we', 'why @latest we', 'retry @latest --from we']) {
    const { code, stderr } = await provisioning(`workflow ${args}`);
    expect([args, code, stderr]).toEqual([
      args,
      6,
      expect.stringContaining('"we" is the beginning of several tasks of'),
    ]);
    expect(stderr).toMatch(/: web, web-1 .*\n.*Give more characters of the id\./s);
  }
  for (const args of ['logs @latest wbe', 'why @latest wbe', 'retry @latest --from wbe']) {
    const { code, stderr } = await provisioning(`workflow ${args}`);
    expect([args, code, stderr]).toEqual([args, 4, expect.stringContaining('Did you mean "web"?')]);
  }
  const again = await provisioning('workflow retry @latest --from sh --wait --json');
  expect(again.json<RunDocument>().tasks.map(({ id, attempts }) => [id, attempts])).toEqual([
    ['web', 1],
    ['web-1', 1],
    ['shop', 2],
  ]);
});

test('an unknown task is resolved by a unique beginning of its id, never by one that several have', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  home.write('flow.json', flow(tasks.operation('disk-1'), tasks.operation('disk-2')));
  const running = begin('workflow run flow.json');
  for (const id of ['disk-1', 'disk-2']) vanish(await tasks.began(id));
  expect((await running.ended).code).toBe(11);
  expect((await provisioning('workflow resolve @latest disk --as completed')).code).toBe(6);
  expect((await provisioning('workflow resolve @latest disk-1 --as completed')).code).toBe(0);
  const refused = await provisioning('workflow resolve @latest disk-1 --as completed');
  expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('task disk-1')]);
  expect((await provisioning('workflow resolve @latest disk-2 --as completed')).code).toBe(0);
});
