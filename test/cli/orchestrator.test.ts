import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

interface Status {
  readonly running: boolean;
  readonly pid: number | null;
}

test('status of none is exit code 3 and starts none; reading commands start none either', async ({
  home,
  provisioning,
}) => {
  const text = await provisioning('orchestrator status');
  expect(text).toMatchObject({ code: 3, stderr: '' });
  const data = await provisioning('orchestrator status --json');
  expect(data.code).toBe(3);
  expect(data.json()).toMatchObject({ running: false, pid: null });
  for (const args of ['help', 'version', 'env', 'config show', 'server list', 'workflow list', 'app list'])
    expect((await provisioning(args)).code).toBe(0);
  expect(existsSync(home.dataDir)).toBe(false);
});

test('start returns when it is ready, and is no error when it runs already', async ({ provisioning }) => {
  const one = await provisioning('orchestrator start --json');
  const two = await provisioning('orchestrator start --json');
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(two.json<Status>().pid).toBe(one.json<Status>().pid);
  const status = await provisioning('orchestrator status');
  expect(status.code).toBe(0);
  expect(status.stdout).toContain(`pid       ${one.json<Status>().pid}`);
});

test('stop leaves running tasks alone, and the next orchestrator takes them over', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  expect((await provisioning('orchestrator stop')).stdout).toContain('has stopped');
  expect(tasks.running()).toEqual(['a']);
  expect((await provisioning('workflow status @latest --json')).json()).toMatchObject({ attended: false });
  await provisioning('orchestrator start');
  a.tell({ exit: 0 });
  await expect
    .poll(async () => (await provisioning('workflow status @latest --json')).json<RunDocument>())
    .toMatchObject({ status: 'completed', attended: true, tasks: [{ attempts: 1 }] });
});

test('stop --now cancels what runs, and stopping none is no error', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  expect((await provisioning('orchestrator stop --now')).code).toBe(0);
  await a.gone;
  expect((await provisioning('workflow status @latest --json')).json()).toMatchObject({ status: 'cancelled' });
  const again = await provisioning('orchestrator stop');
  expect(again).toMatchObject({ code: 0, stdout: 'No orchestrator was running.\n' });
});

test('run serves in the foreground until a signal, and only one may', async ({ home, begin, provisioning }) => {
  const serving = begin('orchestrator run');
  await expect.poll(() => existsSync(`${home.dataDir}/daemon.json`)).toBe(true);
  const status = (await provisioning('orchestrator status --json')).json<Status>();
  expect(status).toMatchObject({ running: true, pid: serving.child.pid });
  expect((await provisioning('orchestrator run')).code).toBe(6);
  serving.child.kill('SIGTERM');
  expect((await serving.ended).code).toBe(0);
  expect((await provisioning('orchestrator status')).code).toBe(3);
});

test('where it is turned off, start is refused with the remedy', async ({ provisioning }) => {
  const ran = await provisioning('orchestrator start', { env: { PROVISIONING_ORCHESTRATOR_ENABLED: 'false' } });
  expect(ran.code).toBe(10);
  expect(ran.stderr).toContain('orchestrator.enabled');
});
