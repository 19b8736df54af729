import { expect } from 'vitest';
import type { WhyDocument } from '../../src/api/why.ts';
import { test } from '../rig/cli-test.ts';

const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });
const runs = (id: string, ...argv: readonly string[]) => ({ id, type: 'command.run', params: { argv } });
type Why = WhyDocument & { readonly sentence: string; readonly hints: readonly string[] };

test('why follows what a task waits for, and what nobody attends to once its process is gone', async ({
  home,
  provisioning,
  tasks,
  begin,
}) => {
  const needs = (id: string, ...dependencies: string[]) => ({ ...runs(id, 'true'), dependencies });
  home.write('flow.json', flow(tasks.operation('web'), needs('k8s', 'web'), needs('shop', 'k8s')));
  const running = begin('workflow run flow.json');
  const web = await tasks.began('web');
  const text = await provisioning('workflow why @latest shop');
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/^shop waits for k8s, which waits for web, which runs since \S+ \S+\. \(pending\)\n/);
  expect(text.stdout).toContain('  k8s waits for web [running]\n');
  const data = (await provisioning('batch why @latest shop --json')).json<Why>();
  expect(data.blockers.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'dependency pending',
    'dependency running',
    'running running',
  ]);
  running.child.kill('SIGKILL');
  await running.ended;
  const left = (await provisioning('workflow why @latest --json')).json<Why>();
  expect(left).toMatchObject({ attended: false, status: 'running', blockers: [{ kind: 'unattended' }, {}] });
  expect(left.sentence).toContain('the process that executed the run is gone');
  expect(left.hints).toContain('To go on: provisioning orchestrator start');
  web.tell({ exit: 0 });
  await web.gone;
});

test('why names the task that holds what another one wants, and a full house', async ({
  home,
  provisioning,
  tasks,
  begin,
}) => {
  const env = { PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '1' };
  home.write('one.json', flow(tasks.operation('first')));
  home.write('two.json', flow(runs('second', 'true')));
  const one = begin('workflow run one.json', { env });
  const first = await tasks.began('first');
  const two = begin('workflow run two.json', { env });
  await expect
    .poll(async () => (await provisioning('workflow why @latest second --json', { env })).json<Why>().blockers)
    .toMatchObject([{ kind: 'slot', status: 'running', limit: 1, blocks: 'second', holders: [{ task: 'first' }] }]);
  const text = await provisioning('workflow why @latest', { env });
  expect(text.stdout).toMatch(/waits for a slot: all 1 are in use, by task first of run \S+ \(pid \d+\) since /);
  first.tell({ exit: 0 });
  expect((await one.ended).code).toBe(0);
  expect((await two.ended).code).toBe(0);
});

test('why names who holds a mutex, a full pool and a rate', async ({ home, provisioning, tasks, begin }) => {
  home.write(
    'provisioning.toml',
    '[pools.small]\nlimit = 1\n\n[pools.slow]\nlimit = 9\nrate_per_second = 0.01\nburst = 1\n',
  );
  home.write(
    'one.json',
    flow(tasks.operation('first', { mutex: ['db'], pool: 'small' }), { ...runs('slow', 'true'), pool: 'slow' }),
  );
  const one = begin('workflow run one.json');
  const first = await tasks.began('first');
  const blockersOf = async (task: string) =>
    (await provisioning(`workflow why @latest ${task} --json`)).json<Why>().blockers;
  home.write(
    'two.json',
    flow(
      { ...runs('m', 'true'), mutex: ['db'] },
      { ...runs('p', 'true'), pool: 'small' },
      { ...runs('r', 'true'), pool: 'slow' },
    ),
  );
  await expect.poll(async () => (await blockersOf('slow')).length).toBe(0);
  const two = begin('workflow run two.json');
  await expect.poll(async () => (await provisioning('workflow list --quiet')).stdout.split('\n').length).toBe(3);
  const [, holder] = (await provisioning('workflow list --quiet')).stdout.split('\n');
  await expect
    .poll(() => blockersOf('m'))
    .toMatchObject([
      { kind: 'mutex', name: 'db', status: 'running', workflow_id: holder, task: 'first', since: expect.any(String) },
    ]);
  await expect
    .poll(() => blockersOf('p'))
    .toMatchObject([
      { kind: 'pool', name: 'small', limit: 1, status: 'running', holders: [{ workflow_id: holder, task: 'first' }] },
    ]);
  await expect.poll(() => blockersOf('r')).toMatchObject([{ kind: 'rate', name: 'slow', until: expect.any(String) }]);
  const text = await provisioning('workflow why @latest m');
  expect(text.stdout).toMatch(
    new RegExp(`m waits for the mutex db, held by task first of run ${holder} \\(pid \\d+\\) since`),
  );
  first.tell({ exit: 0 });
  await one.ended;
  await provisioning('workflow cancel @latest');
  await two.ended;
});

test('why of what has ended says how, and because of whom', async ({ home, provisioning }) => {
  const bad = runs('bad', 'sh', '-c', 'echo no such plan; exit 9');
  home.write('flow.json', flow(bad, { ...runs('after', 'true'), dependencies: ['bad'] }, runs('good', 'true')));
  await provisioning('workflow run flow.json');
  const after = await provisioning('workflow why @latest after');
  expect(after.stdout).toMatch(/^after was skipped because of bad, which failed: no such plan\.\n/);
  expect(after.stdout).toMatch(/→ Its output: provisioning workflow logs \S+ bad\n/);
  expect((await provisioning('workflow why @latest good')).stdout).toBe('good has completed.\n');
  expect((await provisioning('workflow why @latest')).stdout).toMatch(/^Run flow failed: bad failed: no such plan\.\n/);
  const missing = await provisioning('workflow why @latest goood');
  expect(missing).toMatchObject({ code: 4, stderr: expect.stringContaining('Did you mean "good"?') });
  expect((await provisioning('workflow why nobody')).code).toBe(4);
});
