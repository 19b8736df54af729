import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (operation: unknown): string => JSON.stringify({ name: 'flow', operations: [operation] });

test('an orchestrated run is cancelled by its orchestrator', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const cancelled = await provisioning('workflow cancel @latest --json');
  expect(cancelled.code).toBe(0);
  expect(['cancelling', 'cancelled']).toContain(cancelled.json<RunDocument>().status);
  await a.gone;
  await expect
    .poll(async () => (await provisioning('workflow status @latest --json')).json<RunDocument>().status)
    .toBe('cancelled');
  expect((await provisioning('workflow cancel @latest')).code).toBe(0);
});

test('--wait ends when the run has, with 0 as it was asked for', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const cancelled = await provisioning('workflow cancel @latest --wait --json');
  expect(cancelled.code).toBe(0);
  expect(cancelled.json()).toMatchObject({ status: 'cancelled', tasks: [{ id: 'a', status: 'cancelled' }] });
  await a.gone;
  const again = await provisioning('workflow cancel @latest --wait');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('cancelled')]);
});

test('--wait ends as a run that ended otherwise', async ({ home, provisioning }) => {
  const trap = ['sh', '-c', 'trap "exit 0" TERM; echo PROGRESS: 1; while :; do sleep 0.1; done'];
  home.write('flow.json', flow({ id: 'a', type: 'command.run', params: { argv: trap } }));
  await provisioning('workflow submit flow.json');
  await expect
    .poll(async () => (await provisioning('workflow status @latest --json')).json<RunDocument>().tasks[0]?.progress)
    .toBe(1);
  const ended = await provisioning('workflow cancel @latest --wait --json');
  expect([ended.code, ended.json()]).toEqual([0, expect.objectContaining({ status: 'completed' })]);
});

test('a direct run of another process is cancelled by that process', async ({ home, provisioning, tasks, begin }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  const running = begin('workflow run flow.json');
  const a = await tasks.began('a');
  expect((await provisioning('workflow cancel @latest')).code).toBe(0);
  await a.gone;
  expect((await running.ended).code).toBe(8);
});

test('a run that nobody attends to is settled in the foreground', async ({ home, provisioning, tasks, begin }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  const running = begin('workflow run flow.json');
  const a = await tasks.began('a');
  running.child.kill('SIGKILL');
  await running.ended;
  const status = await provisioning('workflow status @latest --json');
  expect(status.json()).toMatchObject({ status: 'running', attended: false, last_recorded_at: expect.any(String) });
  const text = (await provisioning('workflow status @latest')).stdout;
  expect(text).toContain('goes on with it. Its process is gone; the last that is on record of it is of ');
  expect((await provisioning('workflow why @latest')).stdout).not.toMatch(
    /process that executed the run is gone since/,
  );
  const cancelled = await provisioning('workflow cancel @latest --json');
  expect(cancelled).toMatchObject({ code: 0 });
  expect(cancelled.json()).toMatchObject({ status: 'cancelled' });
  await a.gone;
  expect((await provisioning('orchestrator status')).code).toBe(3);
});

test('a run that has ended otherwise is a conflict, and one that never was is not found', async ({
  home,
  provisioning,
}) => {
  home.write('flow.json', flow({ id: 'a', type: 'command.run', params: { argv: ['true'] } }));
  await provisioning('workflow run flow.json');
  const ended = await provisioning('workflow cancel @latest');
  expect(ended.code).toBe(6);
  expect(ended.stderr).toContain('has ended already: completed');
  expect((await provisioning('workflow cancel nobody')).code).toBe(4);
});
