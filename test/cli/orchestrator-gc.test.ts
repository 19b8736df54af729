import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import type { RunSummary } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';

const flow = (name: string, ...operations: readonly unknown[]): string => JSON.stringify({ name, operations });
const runs = (id: string, ...argv: readonly string[]) => ({ id, type: 'command.run', params: { argv } });
interface Gc {
  readonly dry_run: boolean;
  readonly runs: readonly { readonly workflow_id: string; readonly status: string }[];
  readonly folders: number;
  readonly bytes: number;
  readonly locks: number;
}

const DAY_MS = 86_400_000;
const tasksOf = (home: Home): string[] => readdirSync(join(home.dataDir, 'tasks'));
const locksOf = (home: Home): string[] => readdirSync(join(home.dataDir, 'owners'));

/** As if time had passed, or a person had not yet spoken. */
function change(home: Home, id: string, to: { status?: string; age?: number }): void {
  const database = new DatabaseSync(join(home.dataDir, 'state.db'));
  const state = JSON.parse(String(database.prepare('SELECT state FROM runs WHERE id = ?').get(id)?.['state'])) as {
    status: string;
    finishedAt: number;
  };
  const changed = { ...state, status: to.status ?? state.status, finishedAt: state.finishedAt - (to.age ?? 0) };
  database
    .prepare('UPDATE runs SET status = ?, state = ? WHERE id = ?')
    .run(changed.status, JSON.stringify(changed), id);
  database.close();
}

test('gc forgets what ended long ago, with its folders and dead locks, and nothing else', async ({
  home,
  provisioning,
}) => {
  home.write('good.json', flow('good', runs('a', 'echo', 'text'), runs('b', 'true')));
  home.write('bad.json', flow('bad', runs('c', 'false')));
  const ids: string[] = [];
  for (const file of ['good', 'bad', 'good', 'good', 'good'])
    ids.push((await provisioning(`workflow run ${file}.json --quiet`)).stdout.trim());
  const [old = '', oldBad = '', unknown = '', paused = '', young = ''] = ids;
  for (const id of [old, oldBad, unknown, paused]) change(home, id, { age: 31 * DAY_MS });
  change(home, unknown, { status: 'unknown' });
  change(home, paused, { status: 'paused' });
  change(home, young, { age: 29 * DAY_MS });

  const planned = (await provisioning('orchestrator gc --dry-run --json')).json<Gc>();
  expect(planned).toMatchObject({ dry_run: true, folders: 3 });
  expect(planned.runs.map(({ workflow_id }) => workflow_id)).toEqual([old, oldBad]);
  expect(tasksOf(home)).toHaveLength(9);
  expect((await provisioning('workflow status ' + old)).code).toBe(0);

  const done = (await provisioning('orchestrator gc --keep 30d --json')).json<Gc>();
  expect(done).toEqual({ ...planned, dry_run: false });
  expect(done.bytes).toBeGreaterThan(0);
  const left = (await provisioning('workflow list --json')).json<RunSummary[]>();
  expect(left.map(({ workflow_id }) => workflow_id)).toEqual([young, paused, unknown]);
  expect(tasksOf(home)).toHaveLength(6);
  // The run that stands as paused names its engine, dead as it is.
  expect(done.locks).toBeGreaterThan(0);
  expect(locksOf(home).length).toBeGreaterThan(0);
  for (const verb of ['status', 'events', 'why', 'logs'])
    expect((await provisioning(`workflow ${verb} ${old}`)).code).toBe(4);
  expect((await provisioning('orchestrator gc')).stdout).toBe('Nothing to remove.\n');
});

test('gc keeps the newest N, leaves running ones alone, and works beside an orchestrator', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('flow.json', flow('flow', runs('a', 'true')));
  home.write('long.json', flow('long', tasks.operation('long')));
  await provisioning('workflow submit long.json');
  const long = await tasks.began('long');
  const ids: string[] = [];
  for (let round = 0; round < 3; round++)
    ids.push((await provisioning('workflow submit flow.json --wait --quiet')).stdout.trim());
  const kept = await provisioning('orchestrator gc --keep 1 --quiet');
  expect(kept).toMatchObject({ code: 0, stdout: `${ids[0]}\n${ids[1]}\n` });
  const none = await provisioning('orchestrator gc --keep 0');
  expect(none.stdout).toMatch(/^Removed 1 run, 1 task folder \(.*\), 0 lock files\.\n$/);
  const left = (await provisioning('workflow list --json')).json<RunSummary[]>();
  expect(left).toMatchObject([{ name: 'long', status: 'running', attended: true }]);
  // Its orchestrator goes on as if nothing had happened.
  expect((await provisioning('workflow submit flow.json --wait')).code).toBe(0);
  long.tell({ exit: 0 });
  await long.gone;
});

test('gc sweeps what an interrupted one left, and only what is its own', async ({ home, provisioning }) => {
  home.write('flow.json', flow('flow', runs('a', 'true')));
  await provisioning('workflow run flow.json');
  const stray = join(home.dataDir, 'tasks', '01a20927-215c-7610-b824-9c7ea97f7886');
  const foreign = join(home.dataDir, 'tasks', 'notes');
  for (const folder of [stray, foreign]) mkdirSync(join(folder, '1-x'), { recursive: true });
  writeFileSync(join(stray, '1-x', 'output.log'), 'x'.repeat(10_000));
  expect((await provisioning('orchestrator gc --json')).json<Gc>()).toMatchObject({ runs: [], folders: 1 });
  expect([stray, foreign].map((folder) => existsSync(folder))).toEqual([false, true]);
  expect((await provisioning('workflow logs @latest')).code).toBe(0);
});

test('gc makes nothing where there is nothing, and refuses what is no age', async ({ home, provisioning }) => {
  expect(await provisioning('orchestrator gc')).toMatchObject({ code: 0, stdout: 'Nothing to remove.\n' });
  expect(existsSync(home.dataDir)).toBe(false);
  for (const keep of ['forever', '-1', '3y', ''])
    expect((await provisioning(`orchestrator gc --keep=${keep}`)).code).toBe(2);
});

test('records of the inventory outlive the run that made them', async ({ home, provisioning }) => {
  const result = JSON.stringify({ resources: [{ action: 'put', kind: 'server', name: 'web-1', status: 'created' }] });
  home.write(
    'flow.json',
    flow('flow', runs('a', 'sh', '-c', `echo '${result}' > "$PROVISIONING_TASK_DIR/result.json"`)),
  );
  const id = (await provisioning('workflow run flow.json --quiet')).stdout.trim();
  expect((await provisioning('orchestrator gc --keep 0 --quiet')).stdout).toBe(`${id}\n`);
  expect((await provisioning('server list --json')).json()).toMatchObject([{ name: 'web-1', workflow_id: id }]);
});
