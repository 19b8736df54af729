import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { DoctorDocument } from '../../src/api/doctor.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import { boundProgram, canBeBound } from '../rig/bounded.ts';
import { statusOf, test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { killed, vanished } from '../rig/processes.ts';

if (!canBeBound) console.warn('setpriv is missing: what a user may not read is not tested as root');

const FLOW =
  '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]},"retry":{"attempts":5,"initial_delay":0}}]}';

const program = boundProgram();

type Test = Pick<CliFixtures, 'home' | 'provisioning'>;

/** Everything has been there once, and nothing runs. */
async function used({ home, provisioning }: Test): Promise<void> {
  home.write('flow.json', FLOW);
  expect((await provisioning('workflow submit flow.json --wait', { program })).code).toBe(0);
  const { pid } = (await provisioning('orchestrator status --json', { program })).json<StatusDocument>();
  expect((await provisioning('orchestrator stop', { program })).code).toBe(0);
  // Its answer comes before it has closed its store, and so taken the files beside it away.
  if (pid !== null) await vanished(pid);
}

async function faultsOf({ provisioning }: Pick<Test, 'provisioning'>, more = ''): Promise<DoctorDocument> {
  const ran = await provisioning(`orchestrator doctor --json ${more}`, { program });
  const report = ran.json<DoctorDocument>();
  expect(ran.code).toBe(report.healthy ? 0 : 7);
  return { ...report, findings: report.findings.filter(({ severity }) => severity === 'fault') };
}

const WAYS: readonly (readonly [string, (tasks: string) => void, (tasks: string) => void])[] = [
  ['may not write', (tasks) => chmodSync(tasks, 0o555), (tasks) => chmodSync(tasks, 0o700)],
  ['may not look into', (tasks) => chmodSync(tasks, 0o000), (tasks) => chmodSync(tasks, 0o700)],
  ['finds a file in place of', (tasks) => (rmSync(tasks, { recursive: true }), writeFileSync(tasks, '')), rmSync],
];

describe.runIf(canBeBound)('a folder of tasks that this user', () => {
  for (const [name, close, open] of WAYS)
    test(`${name} fails the task with a reason and a remedy, at the first attempt, and the orchestrator lives on`, async ({
      home,
      provisioning,
    }) => {
      await used({ home, provisioning });
      const tasks = `${home.dataDir}/tasks`;
      await provisioning('orchestrator start', { program });
      const before = (await provisioning('orchestrator status --json', { program })).json<StatusDocument>();
      close(tasks);
      const ran = await provisioning('workflow submit flow.json --wait --json', { program });
      expect(ran.code).toBe(1);
      const [task] = ran.json<RunDocument>().tasks;
      expect(task).toMatchObject({
        status: 'failed',
        attempts: 1,
        failure: { message: expect.stringContaining(` ${tasks} cannot be used: `) },
      });
      expect(task?.failure?.hint).toContain(tasks);
      const after = (await provisioning('orchestrator status --json', { program })).json<StatusDocument>();
      expect(after.pid).toBe(before.pid);
      const { healthy, findings } = await faultsOf({ provisioning });
      expect({ healthy, findings }).toMatchObject({
        healthy: false,
        findings: [{ message: expect.stringContaining(tasks) }],
      });
      expect((await provisioning('workflow run flow.json', { program })).code).toBe(1);
      open(tasks);
      expect((await provisioning('workflow retry @latest --wait', { program })).code).toBe(0);
      expect(readFileSync(`${home.dataDir}/daemon.log`, 'utf8')).not.toContain('"broken"');
    });
});

describe.runIf(canBeBound)('a task that ran on while its folder was closed and its orchestrator was killed', () => {
  async function closedMeanwhile({ home, provisioning, tasks }: Test & Pick<CliFixtures, 'tasks'>) {
    home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
    expect((await provisioning('workflow submit flow.json --quiet', { program })).code).toBe(0);
    const task = await tasks.began('a');
    const { pid } = (await provisioning('orchestrator status --json', { program })).json<StatusDocument>();
    await killed(Number(pid));
    chmodSync(`${home.dataDir}/tasks`, 0o000);
    expect((await provisioning('orchestrator start', { program })).code).toBe(0);
    const message = async () =>
      (await provisioning('workflow status @latest --json', { program })).json<RunDocument>().tasks[0]?.message;
    await expect.poll(message).toContain(`the folder ${home.dataDir}/tasks cannot be used: `);
    return { task, open: () => chmodSync(`${home.dataDir}/tasks`, 0o700) };
  }

  test('is waited for, which its message says, until the folder is open again', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const { task, open } = await closedMeanwhile({ home, provisioning, tasks });
    open();
    task.tell({ exit: 0 });
    expect((await provisioning('workflow monitor @latest', { program })).code).toBe(0);
  });

  test('can be cancelled all the same', async ({ home, provisioning, tasks }) => {
    const { open } = await closedMeanwhile({ home, provisioning, tasks });
    const cancelled = await provisioning('workflow cancel @latest --wait', { program });
    expect(cancelled.code).toBe(0);
    expect(await statusOf((args) => provisioning(args, { program }))).toBe('cancelled');
    open();
  });
});

describe.runIf(canBeBound)('a file of the state that is closed to this user is named, with a remedy, by', () => {
  for (const name of ['state.db', 'state.db-wal', 'state.db-shm', 'spawn', 'owners', 'daemon.lock', 'token'])
    test(`whoever needs ${name}`, async ({ home, provisioning }) => {
      await used({ home, provisioning });
      const path = `${home.dataDir}/${name}`;
      if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 });
      chmodSync(path, 0o000);
      const commands = {
        'state.db': ['workflow list', 'workflow run flow.json', 'orchestrator start', 'workflow submit flow.json'],
        owners: ['workflow run flow.json', 'orchestrator start', 'workflow submit flow.json'],
      }[name.replace(/-.*/, '')] ?? ['orchestrator start', 'workflow submit flow.json'];
      for (const args of commands) {
        const { code, stdout, stderr } = await provisioning(args, { program });
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
        expect(stderr).toContain(`${path} cannot be used: `);
        expect(stderr.split('\n').length).toBe(3);
      }
      const { findings } = await faultsOf({ provisioning });
      expect(findings).toMatchObject([{ message: expect.stringContaining(path), fix: expect.any(String) }]);
      if (name === 'token') return;
      expect((await faultsOf({ provisioning }, '--fix')).healthy).toBe(true);
      expect((await provisioning('workflow submit flow.json --wait', { program })).code).toBe(0);
    });
});

test('folders that stand in the place of files are named, too', async ({ home, provisioning }) => {
  for (const name of ['state.db', 'spawn', 'daemon.lock']) {
    rmSync(`${home.dataDir}/${name}`, { force: true });
    mkdirSync(`${home.dataDir}/${name}`, { recursive: true, mode: 0o700 });
    const { code, stderr } = await provisioning('orchestrator start');
    expect({ name, code }).toEqual({ name, code: 2 });
    expect(stderr).toContain(`${home.dataDir}/${name} cannot be used: it is a folder`);
    expect((await faultsOf({ provisioning })).findings).toMatchObject([{ code: 'state_unusable' }]);
    rmSync(`${home.dataDir}/${name}`, { recursive: true });
  }
});

test('who waits for orchestrators that end one after the other is told why, and does not wait for ever', async ({
  home,
  provisioning,
}) => {
  await used({ home, provisioning });
  const store = new DatabaseSync(`${home.dataDir}/state.db`);
  store.exec(`PRAGMA busy_timeout = 20000; CREATE TRIGGER defect BEFORE INSERT ON events WHEN NEW.event LIKE '%task.completed%'
    BEGIN SELECT RAISE(ABORT, 'a defect of this test'); END`);
  store.close();
  const ran = await provisioning('workflow submit flow.json --wait');
  expect(ran.code).toBe(10);
  expect(ran.stderr).toContain('orchestrators end one after the other');
  expect(ran.stderr).toContain('a defect of this test');
  const log = readFileSync(`${home.dataDir}/daemon.log`, 'utf8');
  expect(log.split('"broken"').length).toBeLessThan(40);
});
