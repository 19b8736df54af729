import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import type { DoctorDocument } from '../../src/api/doctor.ts';
import type { RunDocument, RunSummary } from '../../src/api/documents.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import { claimOf } from '../../src/adapters/process/trace.ts';
import { test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { killed } from '../rig/processes.ts';

type Test = Pick<CliFixtures, 'home' | 'provisioning'>;

const PAGE = 4096;
const store = (home: Home): string => `${home.dataDir}/state.db`;
const backups = (home: Home): string[] => list(`${home.dataDir}/backups`).filter((name) => name.endsWith('.db'));
const evidence = (home: Home): string[] =>
  list(`${home.dataDir}/damaged`).flatMap((folder) => list(`${home.dataDir}/damaged/${folder}`));
const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

const flow = (home: Home, name: string, operations: readonly unknown[]): string =>
  home.write(`${name}.json`, JSON.stringify({ name, operations }));

const effect = (home: Home, id: string, dependencies: readonly string[] = []) => ({
  id,
  type: 'command.run',
  params: { argv: ['sh', '-c', `echo x >>${home.root}/effect.${id}`] },
  dependencies,
});
const effects = (home: Home, id: string): number =>
  existsSync(`${home.root}/effect.${id}`) ? readFileSync(`${home.root}/effect.${id}`, 'utf8').length / 2 : 0;

function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

/** Where a disk may fail: what the file is afterwards. */
const DAMAGES: Readonly<Record<string, (home: Home) => void>> = {
  'one page of its runs': (home) => {
    const database = new DatabaseSync(store(home), { readOnly: true });
    const row = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'runs'`).get();
    database.close();
    overwrite(store(home), (Number(row?.['rootpage']) - 1) * PAGE, Buffer.alloc(PAGE, 0xa5));
  },
  'its first page': (home) => {
    overwrite(store(home), 0, Buffer.alloc(PAGE, 0xa5));
  },
  'its second half': (home) => {
    truncateSync(store(home), Math.floor(statSync(store(home)).size / 2 / PAGE) * PAGE);
  },
  'all of its bytes': (home) => {
    truncateSync(store(home), 0);
  },
  'its very file': (home) => {
    rmSync(store(home));
  },
  'its write-ahead log': (home) => {
    writeFileSync(`${store(home)}-wal`, Buffer.alloc(3 * PAGE, 0xa5));
  },
};

/** Of a store that nobody uses: what its log still holds would stand in for a damaged page. */
async function damage(home: Home, what: string): Promise<void> {
  const database = new DatabaseSync(store(home));
  // An orchestrator at rest looks into it, too.
  await expect.poll(() => database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy']).toBe(0);
  database.close();
  DAMAGES[what]?.(home);
}

/** A run that ended, with the backup that its command made. */
async function leaveBackup({ home, provisioning }: Test): Promise<string> {
  flow(home, 'ended', [effect(home, 'ended')]);
  const id = (await provisioning('workflow run ended.json --quiet')).stdout.trim();
  expect(backups(home)).toHaveLength(1);
  return id;
}

describe('a store that has lost', () => {
  test.for(Object.keys(DAMAGES))(
    '%s is moved aside, its backup restored, and nothing is started until a person says so',
    async (what, { home, provisioning }) => {
      const ended = await leaveBackup({ home, provisioning });
      await damage(home, what);
      flow(home, 'next', [effect(home, 'next')]);
      const refused = await provisioning('workflow run next.json');
      expect(refused).toMatchObject({ code: 75, stdout: '' });
      for (const word of ['damaged', `${home.dataDir}/damaged/`, 'provisioning orchestrator resume'])
        expect(refused.stderr).toContain(word);
      if (what !== 'its very file') expect(evidence(home)).toContain('state.db');

      const status = await provisioning('orchestrator status --json');
      expect(status.code).toBe(3);
      expect(status.json<StatusDocument>().troubles.join()).toContain('Nothing is started until');
      const doctor = (await provisioning('orchestrator doctor --json')).json<DoctorDocument>();
      expect(doctor.findings.map(({ code }) => code)).toContain('store_restored');
      const started = await provisioning('orchestrator start');
      expect(started).toMatchObject({ code: 0 });
      expect(started.stdout).toContain('The store was damaged');
      expect((await provisioning('workflow submit next.json')).code).toBe(75);
      expect((await provisioning('orchestrator gc')).code).toBe(75);

      expect((await provisioning('orchestrator resume')).stdout).toBe('Work is started again.\n');
      expect(await provisioning('orchestrator resume')).toMatchObject({ code: 0, stdout: 'Nothing was held back.\n' });
      expect((await provisioning('workflow submit next.json --wait')).code).toBe(0);
      const known = (await provisioning('workflow list --json')).json<readonly RunSummary[]>();
      expect(known.map(({ workflow_id }) => workflow_id)).toContain(ended);
      expect([effects(home, 'ended'), effects(home, 'next')]).toEqual([1, 1]);
      expect((await provisioning('orchestrator doctor --quiet')).stdout).not.toContain('store_');
      await provisioning('orchestrator stop');
    },
  );
});

test('who only reads a damaged store is told so, and changes nothing', async ({ home, provisioning }) => {
  await leaveBackup({ home, provisioning });
  await damage(home, 'one page of its runs');
  const before = readFileSync(store(home));
  const read = await provisioning('workflow list');
  expect(read).toMatchObject({ code: 75, stdout: '' });
  expect(read.stderr).toContain('provisioning orchestrator restart');
  const doctor = await provisioning('orchestrator doctor --quiet');
  expect(doctor).toMatchObject({ code: 7 });
  expect(doctor.stdout).toContain('store_damaged\n');
  expect(readFileSync(store(home)).equals(before)).toBe(true);
  expect(evidence(home)).toEqual([]);
});

test('a damaged store without a backup is refused by name, and left as it is', async ({ home, provisioning }) => {
  await leaveBackup({ home, provisioning });
  rmSync(`${home.dataDir}/backups`, { recursive: true });
  await damage(home, 'its first page');
  const before = readFileSync(store(home));
  for (const args of ['workflow run ended.json', 'workflow submit ended.json']) {
    const refused = await provisioning(args);
    expect({ args, code: refused.code }).toEqual({ args, code: 2 });
    expect(refused.stderr).toContain(store(home));
    expect(refused.stderr).toContain('no backup');
  }
  expect(readFileSync(store(home)).equals(before)).toBe(true);
});

test('a damaged backup is passed over for the one before it', async ({ home, provisioning }) => {
  const ended = await leaveBackup({ home, provisioning });
  const [good = ''] = backups(home);
  const bad = `${home.dataDir}/backups/${good.replace(/^\d{13}/, (at) => String(Number(at) + 1))}`;
  writeFileSync(bad, readFileSync(`${home.dataDir}/backups/${good}`));
  overwrite(bad, PAGE, Buffer.alloc(10 * PAGE, 0xa5));
  await damage(home, 'its first page');
  expect((await provisioning('orchestrator start')).code).toBe(0);
  const known = (await provisioning('workflow list --json')).json<readonly RunSummary[]>();
  expect(known.map(({ workflow_id }) => workflow_id)).toEqual([ended]);
  await provisioning('orchestrator stop');
});

test('while another command works with the damaged store it is not exchanged', async ({
  home,
  provisioning,
  begin,
  tasks,
}) => {
  await leaveBackup({ home, provisioning });
  flow(home, 'long', [tasks.operation('a')]);
  const long = begin('workflow run long.json');
  const a = await tasks.began('a');
  overwrite(store(home), 0, Buffer.alloc(PAGE, 0xa5));
  expect((await provisioning('workflow run ended.json')).code).toBe(75);
  expect(evidence(home)).toEqual([]);
  a.tell({ exit: 0 });
  await a.gone;
  await long.ended;
});

test('an orchestrator that meets damage leaves, and the next one restores', async ({ home, provisioning }) => {
  await leaveBackup({ home, provisioning });
  await provisioning('orchestrator start');
  expect((await provisioning('workflow submit ended.json --key again --wait')).code).toBe(0);
  await damage(home, 'one page of its runs');
  // Its own pages are in its memory: it meets the damage when it makes the next backup, which is due from now on.
  const [backup = ''] = backups(home);
  const earlier = backup.replace(/^\d{13}/, (at) => String(Number(at) - 2 * 3_600_000));
  renameSync(`${home.dataDir}/backups/${backup}`, `${home.dataDir}/backups/${earlier}`);
  await expect.poll(async () => (await provisioning('orchestrator status')).code).toBe(3);
  expect((await provisioning('orchestrator start')).stdout).toContain('The store was damaged');
  await provisioning('orchestrator stop');
});

test('what gc forgets no backup brings back', async ({ home, provisioning }) => {
  const ended = await leaveBackup({ home, provisioning });
  expect((await provisioning('orchestrator gc --keep 0 --quiet')).stdout).toBe(`${ended}\n`);
  await damage(home, 'its first page');
  expect((await provisioning('orchestrator start')).code).toBe(0);
  expect((await provisioning('workflow list --json')).json()).toEqual([]);
  await provisioning('orchestrator stop');
});

test('after a crash in the midst of the exchange it is made again', async ({ home, provisioning }) => {
  await leaveBackup({ home, provisioning });
  const folder = `${home.dataDir}/damaged/1`;
  mkdirSync(folder, { recursive: true });
  const record = { done: false, at: '', backup_at: '', reason: 'torn', evidence: folder, lost_runs: [] };
  writeFileSync(`${home.dataDir}/restored.json`, JSON.stringify(record));
  expect((await provisioning('orchestrator resume')).code).toBe(75);
  expect((await provisioning('workflow run ended.json')).code).toBe(75);
  expect(JSON.parse(readFileSync(`${home.dataDir}/restored.json`, 'utf8'))).toMatchObject({
    done: true,
    evidence: folder,
  });
  expect(list(folder)).toContain('state.db');
});

describe('what happened between the backup and the damage', () => {
  /** An orchestrator with a run whose first task runs, and a backup of that. */
  async function leaveRun({ home, provisioning, tasks }: Pick<CliFixtures, 'home' | 'provisioning' | 'tasks'>) {
    flow(home, 'flow', [tasks.operation('a'), tasks.operation('b', { dependencies: ['a'] }), effect(home, 'c', ['b'])]);
    await provisioning('workflow submit flow.json');
    const a = await tasks.began('a');
    await expect.poll(() => backups(home).length).toBe(1);
    a.tell({ exit: 0 });
    const status = async () => (await provisioning('workflow status @latest --json')).json<RunDocument>();
    const statuses = async () => (await status()).tasks.map((task) => task.status);
    return { b: await tasks.began('b'), status, statuses };
  }

  test('is read from the folders of tasks: what ended has ended, and is not done again', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const { b, statuses } = await leaveRun({ home, provisioning, tasks });
    b.tell({ exit: 0 });
    await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
    await provisioning('orchestrator stop');
    await damage(home, 'its first page');
    await provisioning('orchestrator start');
    await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
    await provisioning('orchestrator resume');
    expect(effects(home, 'c')).toBe(1);
    await provisioning('orchestrator stop');
  });

  test('what lives is watched, and what follows it waits for the person', async ({ home, provisioning, tasks }) => {
    const { b, statuses } = await leaveRun({ home, provisioning, tasks });
    await provisioning('orchestrator stop');
    await damage(home, 'its first page');
    await provisioning('orchestrator start');
    await expect.poll(statuses).toEqual(['completed', 'running', 'pending']);
    b.tell({ exit: 0 });
    await expect.poll(statuses).toEqual(['completed', 'completed', 'pending']);
    expect(effects(home, 'c')).toBe(0);
    expect((await provisioning('workflow why @latest c')).stderr).toContain('provisioning orchestrator resume');
    await provisioning('orchestrator resume');
    await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
    expect((await provisioning('workflow why @latest c')).stderr).toBe('');
    expect(effects(home, 'c')).toBe(1);
    await provisioning('orchestrator stop');
  });

  test('where the machine was restarted since, what is not to be done twice is unknown without a trace', async ({
    home,
    provisioning,
    tasks,
  }) => {
    flow(home, 'flow', [
      tasks.operation('a'),
      effect(home, 'once', ['a']),
      { ...effect(home, 'again', ['a']), idempotent: true },
    ]);
    await provisioning('workflow submit flow.json');
    const a = await tasks.began('a');
    await expect.poll(() => backups(home).length).toBe(1);
    a.tell({ exit: 0 });
    const statuses = async () =>
      (await provisioning('workflow status @latest --json')).json<RunDocument>().tasks.map((task) => task.status);
    await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
    await provisioning('orchestrator stop');
    // As if the power had gone: files that nobody synced, and another boot.
    const tasksFolder = `${home.dataDir}/tasks`;
    for (const task of list(tasksFolder)) rmSync(`${tasksFolder}/${task}`, { recursive: true });
    const [backup = ''] = backups(home);
    const folder = `${home.dataDir}/backups`;
    renameSync(`${folder}/${backup}`, `${folder}/${backup.replace(/\.[0-9a-f]+\./, '.00000000.')}`);
    await damage(home, 'its first page');
    await provisioning('orchestrator start');
    // The first one's own boot is this one: without a folder it has not begun.
    await expect.poll(statuses).toEqual(['pending', 'unknown', 'pending']);
    expect([effects(home, 'once'), effects(home, 'again')]).toEqual([1, 1]);
    await provisioning('orchestrator stop');
  });

  test('what died without a recorded end is unknown; runs of after the backup are named', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const { b, status, statuses } = await leaveRun({ home, provisioning, tasks });
    const { workflow_id } = await status();
    flow(home, 'late', [effect(home, 'late')]);
    const late = (await provisioning('workflow submit late.json --wait --quiet')).stdout.trim();
    await provisioning('orchestrator stop');
    const shim = claimOf(b.env['PROVISIONING_TASK_DIR'] ?? '');
    for (const pid of [shim?.pid ?? 0, b.pid]) await killed(pid);
    await damage(home, 'its first page');
    const started = await provisioning('orchestrator start');
    expect(started.stdout).toContain(late);
    const ofRun = async () => (await provisioning(`workflow status ${workflow_id} --json`)).json<RunDocument>();
    await expect
      .poll(async () => (await ofRun()).tasks.map((task) => task.status))
      .toEqual(['completed', 'unknown', 'pending']);
    await provisioning('orchestrator resume');
    expect((await provisioning(`workflow resolve ${workflow_id} b --as completed`)).code).toBe(0);
    await expect.poll(statuses).toEqual(['completed', 'completed', 'completed']);
    expect([effects(home, 'c'), effects(home, 'late')]).toEqual([1, 1]);
    await provisioning('orchestrator stop');
  });
});
