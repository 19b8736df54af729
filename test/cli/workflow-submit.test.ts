import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (operations: readonly unknown[]): string =>
  JSON.stringify({ batch_workflow: { name: 'flow', operations } });

test('submit returns before the work is done; status follows it', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', flow([tasks.operation('a')]));
  const submitted = await provisioning('batch submit flow.json --json');
  const { workflow_id } = submitted.json<{ workflow_id: string }>();
  expect(submitted).toMatchObject({ code: 0, stderr: '' });
  const a = await tasks.began('a');
  const status = await provisioning(`workflow status ${workflow_id.slice(0, 30)} --json`);
  expect(status.json()).toMatchObject({ workflow_id, status: 'running', mode: 'orchestrated', attended: true });
  a.tell({ exit: 3 });
  await a.gone;
  await expect
    .poll(async () => (await provisioning('workflow status @latest --json')).json<RunDocument>().status)
    .toBe('failed');
  const table = await provisioning('workflow status @latest --exit-code');
  expect(table.code).toBe(1);
  expect(table.stdout).toMatch(/flow +failed/);
});

test('--wait exits with the outcome', async ({ home, provisioning }) => {
  home.write('flow.json', flow([{ id: 'a', type: 'command.run', params: { argv: ['false'] } }]));
  const ran = await provisioning('workflow submit flow.json --wait --json');
  expect(ran.code).toBe(1);
  expect(ran.json()).toMatchObject({ status: 'failed', mode: 'orchestrated' });
});

test('Ctrl-C while watching detaches: 130, and the work goes on', async ({ home, begin, tasks, provisioning }) => {
  home.write('flow.json', flow([tasks.operation('a')]));
  const watching = begin('workflow submit flow.json --wait');
  const a = await tasks.began('a');
  await watching.saw(/a started/);
  watching.child.kill('SIGINT');
  const ran = await watching.ended;
  expect(ran.code).toBe(130);
  expect(ran.stderr).toContain('provisioning workflow cancel');
  expect(tasks.running()).toEqual(['a']);
  a.tell({ exit: 0 });
  await a.gone;
  const again = await provisioning('workflow list --json');
  expect(again.json()).toMatchObject([{ name: 'flow' }]);
});

test('the same key is the same run', async ({ home, provisioning }) => {
  home.write('flow.json', flow([{ id: 'a', type: 'command.run', params: { argv: ['true'] } }]));
  home.write('other.json', flow([{ id: 'b', type: 'command.run', params: { argv: ['true'] } }]));
  const one = await provisioning('workflow submit flow.json --key k --quiet');
  const two = await provisioning('workflow submit flow.json --key k --quiet --wait');
  expect(two.stdout).toBe(one.stdout);
  expect((await provisioning('workflow submit other.json --key k')).code).toBe(6);
  expect((await provisioning('workflow list --json')).json()).toHaveLength(1);
});

test('a command killed once its work has begun is repeated with its key, and the work is not', async ({
  home,
  begin,
  tasks,
  provisioning,
}) => {
  home.write('flow.json', flow([tasks.operation('a')]));
  const killed = begin('workflow submit flow.json --key k --wait');
  const a = await tasks.began('a');
  killed.child.kill('SIGKILL');
  await killed.ended;
  const again = begin('workflow submit flow.json --key k --wait --json');
  a.tell({ exit: 0 });
  const ran = await again.ended;
  expect(ran.code).toBe(0);
  expect(ran.json()).toMatchObject({ status: 'completed', tasks: [{ id: 'a', attempts: 1 }] });
  expect((await provisioning('workflow list --json')).json()).toHaveLength(1);
});

test('where the orchestrator is turned off, submit is refused with the remedy', async ({ home, provisioning }) => {
  home.write('flow.json', flow([{ id: 'a', type: 'command.run', params: { argv: ['true'] } }]));
  const env = { PROVISIONING_ORCHESTRATOR_ENABLED: 'false' };
  const refused = await provisioning('workflow submit flow.json', { env });
  expect(refused.code).toBe(10);
  expect(refused.stderr).toContain('workflow run');
  expect((await provisioning('server create a b', { env })).code).toBe(0);
  expect((await provisioning('workflow list --json')).json()).toMatchObject([{ mode: 'direct' }]);
});

test('an invalid definition is exit code 2 with every place, and nothing is submitted', async ({
  home,
  provisioning,
}) => {
  home.write(
    'flow.json',
    flow([
      { id: 'a', type: 'command.run' },
      { id: 'a', type: 'no.such' },
    ]),
  );
  const ran = await provisioning('workflow submit flow.json');
  expect(ran.code).toBe(2);
  expect(ran.stderr.match(/^error:/gm)?.length).toBeGreaterThan(1);
  expect(ran.stderr).toMatch(/flow\.json:\d+:\d+/);
  const json = await provisioning('workflow submit flow.json --json');
  expect(json.json<{ errors: readonly unknown[] }>().errors.length).toBeGreaterThan(1);
  expect((await provisioning('workflow list --json')).json()).toEqual([]);
});
