import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { RunDocument, RunSummary } from '../../src/api/documents.ts';
import type { WhyDocument } from '../../src/api/why.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { kill, killed } from '../rig/processes.ts';
import type { Home } from '../rig/home.ts';
import { programArgv } from '../rig/program.ts';

type Provisioning = CliFixtures['provisioning'];

/** The slots of a machine that has one. */
const ONE = { env: { PROVISIONING_EXECUTOR_MAX_CONCURRENT_TASKS: '1' } };
const PROGRAM = programArgv().join(' ');

/** A workflow file of one task, a shell script in which `provisioning` is this program. */
function script(home: Home, name: string, text: string, more: object = {}): void {
  const params = { argv: ['sh', '-c', `provisioning() { ${PROGRAM} "$@"; }; ${text}`] };
  const operations = [{ id: name, type: 'command.run', params, ...more }];
  home.write(`${name}.json`, JSON.stringify({ workflow: { name, operations } }));
}

const runs = async (provisioning: Provisioning): Promise<readonly RunSummary[]> =>
  (await provisioning('workflow list --json')).json<RunSummary[]>();

const statuses = async (provisioning: Provisioning): Promise<Record<string, string>> =>
  Object.fromEntries((await runs(provisioning)).map(({ name, status }) => [name, status]));

/** The document of the newest run of that name. */
async function runOf(provisioning: Provisioning, name: string): Promise<RunDocument> {
  const found = (await runs(provisioning)).find((run) => run.name === name);
  return (await provisioning(`workflow status ${found?.workflow_id ?? name} --json`)).json<RunDocument>();
}

/** Resolves when a task of that run waits for a child run. */
const waits = (provisioning: Provisioning, name: string): Promise<void> =>
  expect.poll(async () => (await runOf(provisioning, name)).tasks[0]?.waits_for).toHaveLength(1);

const pidOf = (home: Home): number =>
  (JSON.parse(readFileSync(join(home.dataDir, 'daemon.json'), 'utf8')) as { pid: number }).pid;

test('a task may delete what a later task of its own run works on: who asks knows what for', async ({
  home,
  provisioning,
}) => {
  await provisioning('server create web-1 --direct');
  script(home, 'outer', 'provisioning server delete web-1 --yes --direct && provisioning server create web-1 --direct');
  const { workflow } = JSON.parse(readFileSync(join(home.workspace, 'outer.json'), 'utf8')) as {
    workflow: { operations: object[] };
  };
  const params = { argv: ['true'], servers: ['web-1'] };
  workflow.operations.push({ id: 'after', type: 'command.run', dependencies: ['outer'], params });
  home.write('outer.json', JSON.stringify({ workflow }));
  const ran = await provisioning('workflow run outer.json');
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringMatching(/after .*completed/)]);
});

describe.each([
  ['workflow submit outer.json --wait', 'orchestrated', '--orchestrated --wait'],
  ['workflow submit outer.json --wait', 'direct', '--direct'],
  ['workflow run outer.json', 'orchestrated', '--orchestrated --wait'],
  ['workflow run outer.json', 'direct', '--direct'],
])('with one slot, %s, whose task creates a server %s', (command, mode, flags) => {
  test('ends, and the server is there', async ({ home, provisioning }) => {
    script(home, 'outer', `provisioning server create inner ${flags} && echo went on`);
    const ran = await provisioning(command, ONE);
    expect(ran.code, ran.stderr).toBe(0);
    const outer = await runOf(provisioning, 'outer');
    const inner = (await runs(provisioning)).find(({ name }) => name !== 'outer');
    expect(inner).toMatchObject({ status: 'completed', mode });
    const child = (await provisioning(`workflow status ${inner?.workflow_id} --json`)).json<RunDocument>();
    expect(child.parent).toMatchObject({ workflow_id: outer.workflow_id, id: 'outer' });
    const events = (await provisioning(`workflow events ${outer.workflow_id}`)).stdout;
    expect(events.match(/task\.(waiting|resumed)/g)).toEqual(['task.waiting', 'task.resumed']);
    expect((await provisioning('workflow logs @latest')).code).toBe(0);
  });
});

test('with one slot, three levels of runs that wait for each other end', async ({ home, provisioning }) => {
  script(home, 'one', 'provisioning workflow submit two.json --wait');
  script(home, 'two', 'provisioning workflow submit three.json --wait');
  script(home, 'three', 'true');
  const ran = await provisioning('workflow submit one.json --wait', ONE);
  expect(ran.code, ran.stderr).toBe(0);
  expect(await statuses(provisioning)).toEqual({ one: 'completed', two: 'completed', three: 'completed' });
});

describe.each(['workflow submit inner.json --wait', 'workflow run inner.json'])(
  'with one slot, "%s" in a task',
  (command) => {
    test('waits for what takes the failed run back, too', async ({ home, provisioning }) => {
      script(home, 'outer', `provisioning ${command}; echo "inner: $?, $(cat undone)"`);
      const run = (text: string) => ({ type: 'command.run', params: { argv: ['sh', '-c', text] } });
      const operations = [
        { id: 'a', ...run('true'), compensate: run('echo taken back > undone') },
        { id: 'b', ...run('exit 3'), dependencies: ['a'], on_failure: 'rollback' },
      ];
      home.write('inner.json', JSON.stringify({ name: 'inner', rollback_enabled: true, operations }));
      const ran = await provisioning('workflow submit outer.json --wait', ONE);
      expect(ran.code, ran.stderr).toBe(0);
      const outer = await runOf(provisioning, 'outer');
      const printed = (await provisioning(`workflow logs ${outer.workflow_id}`)).stdout;
      expect(printed).toContain('inner: 1, taken back');
      expect((await runOf(provisioning, 'rollback-inner')).parent).toMatchObject({ workflow_id: outer.workflow_id });
    });
  },
);

test('a child run that fails fails its command, and leaves the task to say what that means', async ({
  home,
  provisioning,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait; echo "inner: $?"');
  script(home, 'inner', 'exit 5');
  expect((await provisioning('workflow submit outer.json --wait', ONE)).code).toBe(0);
  expect((await provisioning(`workflow logs ${(await runOf(provisioning, 'outer')).workflow_id}`)).stdout).toContain(
    'inner: 1',
  );
});

test('a task that is only the command of its child fails with the reason of the child', async ({
  home,
  provisioning,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait');
  script(home, 'inner', 'echo no plan; exit 5');
  expect((await provisioning('workflow submit outer.json --wait', ONE)).code).toBe(1);
  const [task] = (await runOf(provisioning, 'outer')).tasks;
  expect(task).toMatchObject({ status: 'failed', message: 'inner: no plan' });
});

test('what a task holds is lent to its child run, and why says for which run it waits', async ({
  home,
  provisioning,
  tasks,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait', { mutex: ['m'] });
  const inner = tasks.operation('inner', { mutex: ['m'] });
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [inner] } }));
  await provisioning('workflow submit outer.json', ONE);
  const task = await tasks.began('inner');
  const child = await runOf(provisioning, 'inner');
  const { workflow_id: id } = await runOf(provisioning, 'outer');
  const why = (await provisioning(`workflow why ${id} --json`)).json<WhyDocument & { sentence: string }>();
  expect(why.sentence).toContain(`waits for its child run ${child.workflow_id}`);
  expect(why.blockers).toMatchObject([{ kind: 'child', status: 'running', workflow_id: child.workflow_id }]);
  task.tell({ exit: 0 });
  await expect
    .poll(() => statuses(provisioning))
    .toEqual({
      outer: 'completed',
      inner: 'completed',
    });
});

test('cancelling a run cancels the run that its task waits for', async ({ home, provisioning, tasks }) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait');
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [tasks.operation('inner')] } }));
  await provisioning('workflow submit outer.json', ONE);
  const task = await tasks.began('inner');
  const { workflow_id } = await runOf(provisioning, 'outer');
  expect((await provisioning(`workflow cancel ${workflow_id}`)).code).toBe(0);
  await task.gone;
  await expect
    .poll(() => statuses(provisioning))
    .toEqual({
      outer: 'cancelled',
      inner: 'cancelled',
    });
});

test('Ctrl-C of a direct run ends the direct run that its task waits for', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  script(home, 'outer', 'provisioning workflow run inner.json');
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [tasks.operation('inner')] } }));
  const outer = begin('workflow run outer.json', ONE);
  const task = await tasks.began('inner');
  outer.child.kill('SIGINT');
  await task.gone;
  expect((await outer.ended).code).toBe(8);
  expect(await statuses(provisioning)).toEqual({ outer: 'cancelled', inner: 'cancelled' });
});

test('whoever is tired of waiting goes on, while the child run does too', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  const tired = 'p=$!; until [ -e tired ]; do sleep 0.1; done; kill -KILL $p; wait $p; echo tired';
  script(home, 'outer', `${PROGRAM} workflow submit inner.json --wait & ${tired}`);
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [tasks.operation('inner')] } }));
  const outer = begin('workflow submit outer.json --wait');
  const inner = await tasks.began('inner');
  await waits(provisioning, 'outer');
  home.write('tired', '');
  expect((await outer.ended).code).toBe(0);
  expect(await statuses(provisioning)).toEqual({ outer: 'completed', inner: 'running' });
  inner.tell({ exit: 0 });
  await expect.poll(() => statuses(provisioning)).toMatchObject({ inner: 'completed' });
});

test('kill -9 of the orchestrator while a task waits: the next one lets the child run end, and the task go on', async ({
  home,
  provisioning,
  tasks,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait && echo went on');
  const operations = [tasks.operation('inner'), tasks.operation('last', { dependencies: ['inner'] })];
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations } }));
  await provisioning('workflow submit outer.json', ONE);
  const inner = await tasks.began('inner');
  await waits(provisioning, 'outer');
  await killed(pidOf(home));
  expect(await runOf(provisioning, 'outer')).toMatchObject({ status: 'running', attended: false });
  inner.tell({ exit: 0 });
  expect((await provisioning('orchestrator start', ONE)).code).toBe(0);
  (await tasks.began('last')).tell({ exit: 0 });
  await expect
    .poll(() => statuses(provisioning))
    .toEqual({
      outer: 'completed',
      inner: 'completed',
    });
  const outer = await runOf(provisioning, 'outer');
  expect(outer.tasks).toMatchObject([{ status: 'completed', attempts: 1 }]);
});

test('kill -9 of a direct run while its task waits: the orchestrator takes both over, and both end', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait && echo went on');
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [tasks.operation('inner')] } }));
  const outer = begin('workflow run outer.json', ONE);
  const inner = await tasks.began('inner');
  await waits(provisioning, 'outer');
  outer.child.kill('SIGKILL');
  await outer.ended;
  inner.tell({ exit: 0 });
  await expect
    .poll(() => statuses(provisioning))
    .toEqual({
      outer: 'completed',
      inner: 'completed',
    });
});

test('a task killed with kill -9 while it waits: its run says so, and the child run goes on', async ({
  home,
  provisioning,
  tasks,
}) => {
  script(home, 'outer', 'provisioning workflow submit inner.json --wait & echo $! >pid; wait; exit 3');
  home.write('inner.json', JSON.stringify({ workflow: { name: 'inner', operations: [tasks.operation('inner')] } }));
  await provisioning('workflow submit outer.json', ONE);
  const inner = await tasks.began('inner');
  await waits(provisioning, 'outer');
  kill(Number(readFileSync(join(home.workspace, 'pid'), 'utf8')));
  inner.tell({ exit: 0 });
  await expect.poll(() => statuses(provisioning)).toEqual({ outer: 'failed', inner: 'completed' });
});

test('a task that needs its orchestrator waits for it, and never does the work itself instead', async ({
  home,
  provisioning,
  tasks,
}) => {
  const params = { argv: ['sh', '-c', `while [ ! -e go ]; do sleep 0.1; done; ${PROGRAM} server create inner`] };
  const operations = [{ id: 'outer', type: 'command.run', params }, tasks.operation('beside')];
  home.write('outer.json', JSON.stringify({ workflow: { name: 'outer', operations } }));
  await provisioning('workflow submit outer.json');
  const beside = await tasks.began('beside');
  expect((await provisioning('orchestrator stop')).code).toBe(0);
  home.write('go', '');
  beside.tell({ exit: 0 });
  await beside.gone;
  await expect
    .poll(async () => (await provisioning('workflow logs @latest outer')).stdout)
    .toContain('starts none, but waits');
  expect((await provisioning('orchestrator status')).code).toBe(3);
  expect(await statuses(provisioning)).toEqual({ outer: 'running' });
  await provisioning('orchestrator start');
  await expect.poll(async () => (await runOf(provisioning, 'outer')).status).toBe('completed');
  const inner = (await runs(provisioning)).find(({ name }) => name !== 'outer');
  expect(inner).toMatchObject({ status: 'completed', mode: 'orchestrated' });
});
