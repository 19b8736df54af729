import { chmodSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { exitOf } from '../../../src/adapters/process/trace.ts';
import type { EventDocument, RunDocument } from '../../../src/api/documents.ts';
import { pathsOf } from '../../../src/config/data-paths.ts';
import { test } from '../../rig/cli-test.ts';
import type { CliFixtures } from '../../rig/cli-test.ts';
import { killed, statusOf as statusField } from '../../rig/processes.ts';
import type { Home } from '../../rig/home.ts';
import { nuBinary } from '../../rig/nushell.ts';
import { attemptsOf } from '../../rig/victims.ts';

type Provisioning = CliFixtures['provisioning'];

const REFERENCE = resolve(import.meta.dirname, '../../../templates/workflows/multi-cloud-deployment.ncl');

async function pidOf(provisioning: Provisioning): Promise<number> {
  const { pid } = (await provisioning('orchestrator status --json')).json<{ pid: number }>();
  return pid;
}

const statusOf = async (provisioning: Provisioning, id = '@latest'): Promise<RunDocument> =>
  (await provisioning(`workflow status ${id} --json`)).json<RunDocument>();

/** Resolves when the run has ended, or whatever `condition` asks for. */
async function until(provisioning: Provisioning, condition: (run: RunDocument) => boolean): Promise<RunDocument> {
  let run = await statusOf(provisioning);
  await expect.poll(async () => condition((run = await statusOf(provisioning))), { interval: 20 }).toBe(true);
  return run;
}

/** A Nushell that installs nothing on servers before the file `go` is there: so their run has not ended before. */
function nuThatWaits(home: Home): { readonly env: Readonly<Record<string, string>> } {
  const waits = `until [ -e ${home.root}/go ]; do sleep 0.05; done`;
  const isLate = 'grep -qs taskserv.create "$PROVISIONING_TASK_DIR/request.json"';
  const nu = home.write(`${home.root}/nu`, `#!/bin/sh\n! ${isLate} || ${waits}\nexec ${nuBinary()} "$@"\n`);
  chmodSync(nu, 0o755);
  return { env: { PROVISIONING_NUSHELL_BINARY: nu } };
}

/** Looks into the store itself: a command would take longer than the servers do. */
async function serversAreMade(home: Home): Promise<void> {
  const store = new DatabaseSync(join(home.dataDir, 'state.db'), { readOnly: true });
  const begun = store.prepare(`SELECT count(*) AS tasks FROM tasks WHERE status <> 'pending'`);
  try {
    await expect.poll(() => Number(begun.get()?.['tasks']), { interval: 1 }).toBeGreaterThan(0);
  } finally {
    store.close();
  }
}

const parseEvent = (line: string): EventDocument => JSON.parse(line) as EventDocument;

const write = (home: Home, operations: readonly unknown[]): string =>
  home.write('w.json', JSON.stringify({ workflow: { name: 'w', operations } }));

test('kill -9 of the orchestrator while five servers are made: the next command finishes what it began, once', async ({
  home,
  provisioning,
}) => {
  const nu = nuThatWaits(home);
  const submitted = await provisioning(`workflow submit ${REFERENCE} --json`, nu);
  expect(submitted.code, submitted.stderr).toBe(0);
  const { pid } = JSON.parse(readFileSync(join(home.dataDir, 'daemon.json'), 'utf8')) as { pid: number };
  await serversAreMade(home);
  await killed(pid);
  const between = await statusOf(provisioning);
  expect(between).toMatchObject({ status: 'running', attended: false, last_recorded_at: expect.any(String) });

  home.write(`${home.root}/go`, '');
  expect((await provisioning('orchestrator start', nu)).code).toBe(0);
  const run = await until(provisioning, ({ status }) => status !== 'running');
  expect(run).toMatchObject({ status: 'completed', attended: true });
  expect(run.tasks.map((task) => task.attempts)).toEqual(run.tasks.map(() => 1));
  const servers = (await provisioning('server list --json')).json<{ name: string }[]>();
  expect(servers.map((server) => server.name)).toEqual(['cache-1', 'db-1', 'lb-1', 'web-1', 'web-2']);
  const made = run.tasks.filter((task) => task.type === 'server.create').map((task) => task.result?.['changed']);
  expect(made).toEqual([true, true, true, true, true]);
});

test('what ended while nobody looked is finished and has ended then, what lives is watched again, what waited is started', async ({
  home,
  provisioning,
  tasks,
}) => {
  const after = { dependencies: ['ends'] };
  const file = write(home, [tasks.operation('ends'), tasks.operation('lives'), tasks.operation('waits', after)]);
  await provisioning(`workflow submit ${file}`);
  const [ends, lives] = await Promise.all([tasks.began('ends'), tasks.began('lives')]);
  await killed(await pidOf(provisioning));
  ends.tell({ exit: 0 });
  await ends.gone;
  expect(tasks.running()).toEqual(['lives']);
  const recorded = () => attemptsOf(pathsOf(home.dataDir)).filter(({ folder }) => exitOf(folder) !== undefined);
  await expect.poll(() => recorded().length).toBe(1);

  await provisioning('orchestrator start');
  const waits = await tasks.began('waits');
  waits.tell({ exit: 0 });
  lives.tell({ exit: 0 });
  const run = await until(provisioning, ({ status }) => status !== 'running');
  expect(run.tasks.map(({ status, attempts }) => [status, attempts])).toEqual([
    ['completed', 1],
    ['completed', 1],
    ['completed', 1],
  ]);

  const events = (await provisioning('workflow events @latest')).stdout.trim().split('\n').map(parseEvent);
  const [adopted, noticed] = [
    events.find(({ type }) => type === 'run.adopted'),
    events.find(({ type, task }) => type === 'task.completed' && task === 'ends'),
  ].map((event) => Date.parse(event?.at ?? ''));
  const [ended] = run.tasks.map(({ finished_at }) => Date.parse(finished_at ?? ''));
  expect(ended).toBeLessThan(adopted ?? Number.NaN);
  expect(noticed).toBeGreaterThanOrEqual(adopted ?? Number.NaN);
});

test('a task that died with its orchestrator is unknown, and is not started again', async ({
  home,
  provisioning,
  tasks,
}) => {
  await provisioning(`workflow submit ${write(home, [tasks.operation('a')])}`);
  const task = await tasks.began('a');
  await killed(await pidOf(provisioning));
  for (const pid of [Number(statusField(task.pid, 'PPid')), task.pid]) await killed(pid);

  await provisioning('orchestrator start');
  const run = await until(provisioning, ({ status }) => status !== 'running');
  expect(run).toMatchObject({ status: 'unknown', tasks: [{ status: 'unknown', attempts: 1 }] });
  expect((await provisioning('workflow status @latest --exit-code')).code).toBe(11);
});

test('a direct command that is killed leaves its run to the next orchestrator', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  const direct = begin(`workflow run ${write(home, [tasks.operation('a')])}`);
  const task = await tasks.began('a');
  expect(await statusOf(provisioning)).toMatchObject({ status: 'running', attended: true, mode: 'direct' });
  await provisioning('orchestrator start');
  expect(await statusOf(provisioning)).toMatchObject({ attended: true });
  direct.child.kill('SIGKILL');
  await direct.ended;
  task.tell({ exit: 0 });
  await provisioning('orchestrator stop');
  await provisioning('orchestrator start');
  expect(await until(provisioning, ({ status }) => status !== 'running')).toMatchObject({
    status: 'completed',
    tasks: [{ attempts: 1 }],
  });
});

test('twenty orchestrated commands at the same moment on a cold home: one orchestrator, twenty runs', async ({
  home,
  begin,
  provisioning,
}) => {
  const names = Array.from({ length: 20 }, (_, index) => `s-${index}`);
  const started = names.map((name) => begin(`server create ${name} --plan 1xCPU-1GB --orchestrated --wait --json`));
  const ended = await Promise.all(started.map(({ ended: end }) => end));
  expect(ended.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(names.map(() => [0, '']));
  const log = readFileSync(join(home.dataDir, 'daemon.log'), 'utf8');
  expect(log.split('\n').filter((line) => line.includes('"ready"'))).toHaveLength(1);
  const runs = (await provisioning('workflow list --json')).json<{ status: string }[]>();
  expect(runs.map((run) => run.status)).toEqual(names.map(() => 'completed'));
});
