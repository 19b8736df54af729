import { rmSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import { test } from '../rig/cli-test.ts';

interface Started {
  readonly pid: number;
}

test('restart puts a fresh one in its place, and running tasks live on', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  const none = (await provisioning('orchestrator restart --json')).json<Started>();
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const next = (await provisioning('orchestrator restart --json')).json<Started>();
  expect(next.pid).not.toBe(none.pid);
  expect(tasks.running()).toEqual(['a']);
  a.tell({ exit: 0 });
  await expect
    .poll(async () => (await provisioning('workflow status @latest --json')).json<RunDocument>())
    .toMatchObject({ status: 'completed', tasks: [{ attempts: 1 }] });
});

test('restart --drain waits for what runs and what waits for it, and takes nothing new meanwhile', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  const operations = [tasks.operation('a'), tasks.operation('b', { dependencies: ['a'] })];
  home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const restarting = begin('orchestrator restart --drain --json');
  await expect
    .poll(async () => (await provisioning('orchestrator status --json')).json<StatusDocument>().phase)
    .toBe('draining');
  const late = begin('workflow submit flow.json --key late');
  a.tell({ exit: 0 });
  const b = await tasks.began('b');
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ pid, phase: 'draining' });
  b.tell({ exit: 0 });
  const restarted = await restarting.ended;
  expect(restarted.code).toBe(0);
  expect(restarted.json<Started>().pid).not.toBe(pid);
  expect((await late.ended).code).toBe(0);
  (await tasks.began('a')).tell({ exit: 0 });
  (await tasks.began('b')).tell({ exit: 0 });
});

test('a setting that can change while it runs holds at once; status names the others', async ({
  home,
  provisioning,
  tasks,
}) => {
  const file = `${home.env['XDG_CONFIG_HOME']}/provisioning/config.toml`;
  const say = (text: string): string => home.write(file, text);
  say('[executor]\nmax_concurrent_tasks = 1\n');
  const { pid } = (await provisioning('orchestrator start --json')).json<Started>();
  say('[executor]\nmax_concurrent_tasks = 2\n[server]\nport = 0\n');
  const status = await provisioning('orchestrator status --json');
  expect(status.json()).toMatchObject({ pid, pending_restart: ['server.port'] });
  home.write(
    'flow.json',
    JSON.stringify({ name: 'flow', operations: ['a', 'b', 'c'].map((id) => tasks.operation(id)) }),
  );
  await provisioning('workflow submit flow.json');
  const both = await Promise.all([tasks.began('a'), tasks.began('b')]);
  expect(tasks.running()).toEqual(['a', 'b']);
  for (const task of both) task.tell({ exit: 0 });
  (await tasks.began('c')).tell({ exit: 0 });
  await provisioning('orchestrator restart');
  expect((await provisioning('orchestrator status --json')).json<StatusDocument>().pending_restart).toEqual([]);
});

test('an idle timeout that becomes shorter is noticed, also by one that sleeps for the longer one', async ({
  home,
  provisioning,
}) => {
  const file = home.write(`${home.env['XDG_CONFIG_HOME']}/provisioning/config.toml`, '');
  const env = { PROVISIONING_ORCHESTRATOR_IDLE_TIMEOUT_SECONDS: undefined };
  await provisioning('orchestrator start', { env });
  writeFileSync(file, '[orchestrator]\nidle_timeout_seconds = 1\n');
  await provisioning('orchestrator status', { env });
  await expect.poll(async () => (await provisioning('orchestrator status', { env })).code, { interval: 1500 }).toBe(3);
});

test('documents that became unreadable change nothing, and status says so', async ({ home, provisioning }) => {
  const { pid } = (await provisioning('orchestrator start --json')).json<Started>();
  const file = home.write(`${home.env['XDG_CONFIG_HOME']}/provisioning/platform.toml`, '[server]\nport = "x"\n');
  const env = { XDG_CONFIG_HOME: `${home.root}/elsewhere`, PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '7' };
  const status = (await provisioning('orchestrator status --json', { env })).json<StatusDocument>();
  rmSync(file);
  expect(status.pid).toBe(pid);
  expect(status.troubles.join(' ')).toContain('config validate');
});
