import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import { processesOf } from '../rig/leaks.ts';
import { hasTerminals, onTerminal } from '../rig/on-terminal.ts';
import { programArgv } from '../rig/program.ts';

test('independent operations run at the same time, and dependants wait for them', async ({ home, begin, tasks }) => {
  const operations = [tasks.operation('a'), tasks.operation('b'), tasks.operation('c', { dependencies: ['a', 'b'] })];
  home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
  const running = begin('workflow run flow.json --json');
  const [a, b] = await Promise.all([tasks.began('a'), tasks.began('b')]);
  expect(tasks.running()).toEqual(['a', 'b']);
  a.tell({ exit: 0 });
  await a.gone;
  expect(tasks.running()).toEqual(['b']);
  b.tell({ exit: 0 });
  const [c] = await Promise.all([tasks.began('c'), b.gone]);
  expect(tasks.running()).toEqual(['c']);
  c.tell({ exit: 0 });
  const ran = await running.ended;
  expect(ran.code).toBe(0);
  const run = ran.json<RunDocument>();
  expect(run).toMatchObject({ name: 'flow', status: 'completed', mode: 'direct', attended: true });
  expect(run.tasks.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
    ['a', 'completed', 1],
    ['b', 'completed', 1],
    ['c', 'completed', 1],
  ]);
});

test('who waits for what another run holds is told who that is, once, and scripts are not', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  home.write('one.json', JSON.stringify({ name: 'one', operations: [tasks.operation('a', { mutex: 'db' })] }));
  home.write('two.json', JSON.stringify({ name: 'two', operations: [tasks.operation('b', { mutex: 'db' })] }));
  const one = begin('workflow run one.json');
  const a = await tasks.began('a');
  const id = (await provisioning('workflow list --quiet')).stdout.trim();
  const quiet = begin('workflow run two.json --quiet');
  const waiting = begin('workflow run two.json');
  await waiting.saw(/note: b waits for the mutex db, held by task a of run/);
  a.tell({ exit: 0 });
  for (const _ of [quiet, waiting]) (await tasks.began('b')).tell({ exit: 0 });
  const { code, stderr, stdout } = await waiting.ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(
    new RegExp(`held by task a of run ${id} \\(pid \\d+\\) since \\d.*\\.\\n  .*provisioning workflow status ${id}\\n`),
  );
  expect(stderr.match(/held by task a/g)).toHaveLength(1);
  expect(stdout).not.toContain('held by');
  expect(await quiet.ended).toMatchObject({ code: 0, stderr: '' });
  expect((await one.ended).code).toBe(0);
});

test('the first Ctrl-C asks the tasks to stop: exit code 8', async ({ home, begin, tasks, provisioning }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  const running = begin('workflow run flow.json');
  const a = await tasks.began('a');
  running.child.kill('SIGINT');
  await a.gone;
  const ran = await running.ended;
  expect(ran.code).toBe(8);
  expect(ran.stderr).toContain('Press Ctrl-C again to kill');
  expect((await provisioning('workflow status @latest --json')).json()).toMatchObject({ status: 'cancelled' });
});

/** Ctrl-C between the acceptance of a run and its first picture: when the module that draws it is asked for. */
const PRELOAD = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name.endsWith('/live-viewer.ts')) process.kill(process.pid, 'SIGINT');
  return next(name, context);
} });`;

test.runIf(hasTerminals && programArgv().length === 2)(
  'Ctrl-C before there is anything to see ends the run too: nothing is left for the orchestrator',
  async ({ home, provisioning }) => {
    const operations = [{ id: 'a', type: 'command.run', params: { argv: ['sleep', '1000'] } }];
    home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
    const env = { NODE_OPTIONS: `--import=${home.write('preload.mjs', PRELOAD)}` };
    const running = await onTerminal(home, ['workflow', 'run', 'flow.json'], { env });
    expect(await running.exited).toBe(8);
    expect(running.shown()).toContain('Press Ctrl-C again to kill');
    expect((await provisioning('workflow status @latest --json')).json()).toMatchObject({ status: 'cancelled' });
  },
);

test('the second Ctrl-C kills what does not stop', async ({ home, begin }) => {
  const stubborn = ['sh', '-c', 'trap "" TERM; echo up >&2; touch "$1/up"; while :; do sleep 1000 & wait; done', 'sh'];
  home.write(
    'flow.json',
    JSON.stringify({
      name: 'flow',
      operations: [{ id: 'a', type: 'command.run', params: { argv: [...stubborn, home.root] } }],
    }),
  );
  const running = begin('workflow run flow.json');
  await running.saw(/a started/);
  await expect.poll(() => existsSync(`${home.root}/up`), { interval: 5 }).toBe(true);
  running.child.kill('SIGINT');
  await running.saw(/Press Ctrl-C again/);
  running.child.kill('SIGINT');
  const ran = await running.ended;
  expect(ran.code).toBe(8);
  expect(processesOf(home)).toEqual([]);
});

test('a failed task skips its dependants, other branches finish, and the exit code is 1', async ({
  home,
  provisioning,
}) => {
  const command = (id: string, argv: readonly string[], dependencies: readonly string[] = []) => ({
    id,
    type: 'command.run',
    dependencies,
    params: { argv },
  });
  const operations = [
    { ...command('bad', ['false']), retry: { attempts: 3, initial_delay: 0.01 } },
    command('after', ['true'], ['bad']),
    command('other', ['true']),
  ];
  home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
  const ran = await provisioning('workflow run flow.json --json');
  expect(ran.code).toBe(1);
  const run = ran.json<RunDocument>();
  expect(run.tasks.map(({ id, status, attempts }) => [id, status, attempts])).toEqual([
    ['bad', 'failed', 3],
    ['after', 'skipped', 0],
    ['other', 'completed', 1],
  ]);
});

test('flags come before what the file says', async ({ home, provisioning }) => {
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }];
  home.write('flow.json', JSON.stringify({ name: 'flow', infra: 'one', operations }));
  expect((await provisioning('workflow run flow.json --json --infra two')).json()).toMatchObject({ infra: 'two' });
});

test('a task sees the environment by allow-list and what it names, in the workspace', async ({
  home,
  tasks,
  begin,
}) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  const running = begin('workflow run flow.json', { env: { SECRET: 'x', LC_TIME: 'C', TZ: 'UTC' } });
  const a = await tasks.began('a');
  expect(a.env).toMatchObject({ HOME: home.env['HOME'], LC_TIME: 'C', TZ: 'UTC' });
  expect(a.env).not.toHaveProperty('SECRET');
  expect(a.cwd).toBe(home.workspace);
  a.tell({ exit: 0 });
  expect((await running.ended).code).toBe(0);
});
