import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Failure } from '../../src/domain/failure.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import type { Reads } from '../../src/ports/reads.ts';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';
import { httpReader } from '../rig/http-reader.ts';
import type { HttpReader } from '../rig/http-reader.ts';

/** What every reader does, whether it opens the store itself or asks an orchestrator. */

const home = temporaryPaths();
const workspace = home.root;
const LINES = 60_000;
const HOLDING = `touch ${home.root}/holds; until [ -e ${home.root}/go ]; do sleep 0.02; done`;
let host: EngineHost;
let http: HttpReader;
interface Other {
  readonly host: EngineHost;
  readonly http: HttpReader;
  remove(): void;
}

let empty: Other;
/** With a run that was taken back in part, because it wanted that. */
let undone: Other;
/** Oldest first: completed, failed, and one whose engine has gone. */
let ids: readonly [done: string, failed: string, left: string];

const shell = (id: string, script: string, more: Partial<Operation> = {}): Operation =>
  command(id, ['sh', '-c', script], more);

const records = (...resources: readonly object[]): string =>
  `printf %s '${JSON.stringify({ message: 'made', resources })}' > "$PROVISIONING_TASK_DIR/result.json"`;

const put = (kind: string, name: string) => ({ action: 'put', kind, name, provider: 'local', status: 'created' });

function submit(engine: EngineHost, infra: string, operations: readonly Operation[]): string {
  const workflow = { name: `in-${infra}`, infra, rollback_enabled: false, operations };
  return valueOf(engine.engine.submit(submission(operations, { workflow, workspace }))).id;
}

const undo = (script: string) => ({ type: 'command.run', params: { argv: ['sh', '-c', script] } });

async function another(): Promise<Other> {
  const { paths, root, remove } = temporaryPaths();
  const engine = hostEngine(paths);
  return { host: engine, http: await httpReader(engine, { folder: root, workspace }), remove };
}

beforeAll(async () => {
  host = hostEngine(home.paths);
  const done = submit(host, 'one', [
    shell('count', `i=0; while [ $i -lt ${LINES} ]; do i=$((i+1)); echo "$i grün"; done`),
    shell('make', records(put('server', 'b'), put('server', 'a'), put('cluster', 'k'))),
  ]);
  const failed = submit(host, 'two', [
    shell('bad', 'echo no such plan; exit 9'),
    shell('after', 'true', { dependencies: ['bad'] }),
    shell('make', records(put('server', 'c'))),
  ]);
  await Promise.all([done, failed].map((id) => host.engine.settled(id)));
  const dying = hostEngine(home.paths);
  const left = submit(dying, 'two', [shell('hold', HOLDING), shell('never', 'true', { dependencies: ['hold'] })]);
  await vi.waitUntil(() => existsSync(`${home.root}/holds`), { timeout: 60_000, interval: 10 });
  await dying.close();
  ids = [done, failed, left];
  http = await httpReader(host, { folder: home.root, workspace });
  empty = await another();
  undone = await another();
  const operations = [
    shell('a', 'true', { compensate: undo('true') }),
    shell('b', 'true', { compensate: undo('echo cannot; exit 1'), dependencies: ['a'] }),
    shell('mail', 'true', { irreversible: true }),
    shell('look', 'true'),
    shell('bad', 'exit 9', { on_failure: 'rollback', dependencies: ['b', 'mail', 'look'] }),
  ];
  const workflow = { name: 'undone', infra: 'i', rollback_enabled: true, operations };
  await undone.host.engine.settled(valueOf(undone.host.engine.submit(submission(operations, { workflow }))).id);
});

afterAll(async () => {
  for (const reader of [http, empty.http, undone.http]) await reader.close();
  // What the dead engine has left behind is taken over and comes to its end.
  host.engine.recover();
  writeFileSync(`${home.root}/go`, '');
  await host.engine.settled(ids[2]);
  for (const one of [host, empty.host, undone.host]) await one.close();
  for (const one of [home, empty, undone]) one.remove();
});

const READERS: readonly (readonly [name: string, of: (from: Pick<Other, 'host' | 'http'>) => Reads])[] = [
  ['the store', (from) => from.host.reads],
  ['HTTP', (from) => from.http.reads],
];

describe.each(READERS)('a reader of %s', (_name, of) => {
  const reads = (): Reads => of({ host, http });
  const ofNothing = (): Reads => of(empty);

  test('finds a run by its id, a unique prefix in any case, and @latest', async () => {
    const [done, , left] = ids;
    const run = valueOf(await reads().run(done));
    expect(run).toMatchObject({ workflow_id: done, name: 'in-one', infra: 'one', workspace, mode: 'direct' });
    expect(valueOf(await reads().run(done.slice(0, -1).toUpperCase()))).toEqual(run);
    expect(valueOf(await reads().run('@latest')).workflow_id).toBe(left);
  });

  test('refuses an ambiguous beginning by naming the runs, and what is no run as not found', async () => {
    const ambiguous = failureOf(await reads().run(ids[0].slice(0, 3)));
    expect(ambiguous.code).toBe('conflict');
    for (const id of ids) expect(ambiguous.message).toContain(id);
    for (const said of ['0000', 'nobody', '../tasks', '%', 'a b', `${ids[0]}0`]) {
      const missing = failureOf(await reads().run(said));
      expect([said, missing.code]).toEqual([said, 'not_found']);
      expect(missing.message).toContain(said);
      expect(failureOf(await reads().events(said, 0)).code).toBe('not_found');
    }
    expect(failureOf(await reads().task('nobody')).code).toBe('not_found');
    expect(failureOf(await reads().output('nobody', 0)).code).toBe('not_found');
  });

  test('lists runs newest first, without their tasks', async () => {
    const runs = valueOf(await reads().runs());
    expect(runs.map(({ workflow_id }) => workflow_id)).toEqual([...ids].toReversed());
    expect(runs.map(({ status }) => status)).toEqual(['running', 'failed', 'completed']);
    const { tasks: _tasks, ...summary } = valueOf(await reads().run(ids[0]));
    expect(runs[2]).toEqual(summary);
  });

  test('shows tasks in the order of the workflow, with what became of them', async () => {
    const run = valueOf(await reads().run(ids[1]));
    expect(run.finished_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(run.tasks).toMatchObject([
      { id: 'bad', status: 'failed', attempts: 1, failure: { code: 'work_failed', message: 'no such plan' } },
      { id: 'after', status: 'skipped', attempts: 0, failure: null, started_at: null },
      { id: 'make', status: 'completed', progress: 100, message: 'made', failure: null },
    ]);
  });

  test('has what a run was asked to do, every default filled in', async () => {
    const workflow = valueOf(await reads().definition(ids[1]));
    expect(workflow).toMatchObject({ name: 'in-two', infra: 'two', rollback_enabled: false });
    expect(workflow.operations.map(({ id, dependencies }) => [id, dependencies])).toEqual([
      ['bad', []],
      ['after', ['bad']],
      ['make', []],
    ]);
    expect(workflow.operations[0]).toMatchObject({
      type: 'command.run',
      params: { argv: ['sh', '-c', expect.any(String)] },
    });
    expect(failureOf(await reads().definition('ffff')).code).toBe('not_found');
  });

  test('filters tasks of all runs by status, and finds one by its task_id', async () => {
    const failed = valueOf(await reads().tasks({ status: 'failed' }));
    expect(failed).toMatchObject([{ workflow_id: ids[1], task: { id: 'bad' } }]);
    const all = valueOf(await reads().tasks({}));
    expect(all.map(({ task }) => task.id)).toEqual(['hold', 'never', 'bad', 'after', 'make', 'count', 'make']);
    expect(valueOf(await reads().tasks({ status: 'nonsense' }))).toEqual([]);
    const [one] = failed;
    expect(valueOf(await reads().task(one?.task.task_id ?? ''))).toEqual(one);
  });

  test('has events in order, without gaps, after a seq', async () => {
    const all = valueOf(await reads().events(ids[1], 0));
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(all[0]).toMatchObject({ type: 'run.accepted', workflow_id: ids[1], data: {} });
    expect(all.find(({ type }) => type === 'task.skipped')).toMatchObject({ task: 'after', data: { because: 'bad' } });
    expect(all.at(-1)).toMatchObject({ type: 'run.finished', data: { outcome: 'failed' } });
    expect(valueOf(await reads().events(ids[1], 3))).toEqual(all.slice(3));
    expect(valueOf(await reads().events(ids[1], all.length))).toEqual([]);
    expect(valueOf(await reads().events(ids[1].slice(0, -2), 3))).toEqual(all.slice(3));
  });

  test('pages output from byte to byte, without tearing a character', async () => {
    const taskId = valueOf(await reads().run(ids[0])).tasks[0]?.task_id ?? '';
    const whole = Array.from({ length: LINES }, (_, index) => `${index + 1} grün\n`).join('');
    let text = '';
    let pages = 0;
    for (let at = 0; ; pages++) {
      const page = valueOf(await reads().output(taskId, at));
      expect(page.total).toBe(Buffer.byteLength(whole));
      if (page.next === at) break;
      expect(page.next - at).toBe(Buffer.byteLength(page.text));
      text += page.text;
      at = page.next;
    }
    expect(text === whole).toBe(true);
    expect(pages).toBeGreaterThan(1);
    const end = valueOf(await reads().output(taskId, Buffer.byteLength(whole) + 5));
    expect(end.text).toBe('');
    const never = valueOf(await reads().run(ids[1])).tasks[1]?.task_id ?? '';
    expect(valueOf(await reads().output(never, 0))).toMatchObject({ text: '', next: 0, total: 0 });
  });

  test('lists resources by kind and infra, by infra and name', async () => {
    const servers = valueOf(await reads().resources({ workspace, kind: 'server' }));
    expect(servers.map(({ infra, name }) => `${infra}/${name}`)).toEqual(['one/a', 'one/b', 'two/c']);
    expect(servers[0]).toMatchObject({ workspace, provider: 'local', status: 'created', workflow_id: ids[0] });
    const two = valueOf(await reads().resources({ workspace, kind: 'server', infra: 'two' }));
    expect(two.map(({ name }) => name)).toEqual(['c']);
    expect(valueOf(await reads().resources({ workspace, kind: 'app' }))).toEqual([]);
  });

  test('says of a run whose engine is gone that nobody attends to it, and what is the newest on its record', async () => {
    const run = valueOf(await reads().run(ids[2]));
    const last = valueOf(await reads().events(ids[2], 0)).at(-1);
    expect(run).toMatchObject({ status: 'running', attended: false, last_recorded_at: last?.at });
    expect(run.tasks.map(({ status }) => status)).toEqual(['running', 'pending']);
    const ended = valueOf(await reads().run(ids[1]));
    expect(ended.attended).toBe(true);
    expect(ended.last_recorded_at).toBeUndefined();
  });

  test('says why a task is as it is, and what a run waits for', async () => {
    const [, failed, left] = ids;
    expect(valueOf(await reads().why(failed, 'after'))).toMatchObject({
      workflow_id: failed,
      task: 'after',
      status: 'skipped',
      truncated: false,
      blockers: [
        { kind: 'skipped', task: 'bad', status: 'failed' },
        { kind: 'failed', task: 'bad', message: 'no such plan' },
      ],
    });
    expect(valueOf(await reads().why(left.slice(0, -2), 'never'))).toMatchObject({
      attended: false,
      status: 'pending',
      blockers: [
        { kind: 'dependency', task: 'hold', status: 'running' },
        { kind: 'unattended', status: 'running' },
        { kind: 'running', task: 'hold' },
      ],
    });
    expect(valueOf(await reads().why(ids[0]))).toMatchObject({ task: null, status: 'completed', blockers: [] });
    const missing = failureOf(await reads().why(failed, 'aftre'));
    expect(missing).toMatchObject({ code: 'not_found', hint: expect.stringContaining('after') });
    expect(failureOf(await reads().why('nobody')).code).toBe('not_found');
  });

  test('says how far a run was taken back, what stays, and that @latest is that run', async () => {
    const run = valueOf(await of(undone).run('@latest'));
    const by = run.rolled_back_by ?? '';
    const rollback = {
      status: 'failed',
      attended: true,
      failures: [{ id: 'undo-b', status: 'failed', message: 'cannot' }],
      irreversible: ['mail'],
      uncompensated: ['look'],
      altered: [],
    };
    expect(run).toMatchObject({ name: 'undone', status: 'failed', rolled_back_by: by, rollback });
    expect(valueOf(await of(undone).run(by))).toMatchObject({ status: 'failed', rollback_of: run.workflow_id });
    expect(valueOf(await of(undone).why('@latest'))).toMatchObject({ name: 'undone', rolled_back_by: by, rollback });
    expect(valueOf(await of(undone).why(by))).toMatchObject({ rollback_of: run.workflow_id, status: 'failed' });
    expect(valueOf(await of(undone).runs()).map(({ workflow_id }) => workflow_id)).toEqual([by, run.workflow_id]);
    expect(valueOf(await reads().run(ids[0])).rollback).toBeUndefined();
  });

  test('@latest is the newest run that was to change something; where all only compared, the newest of them', async () => {
    const looked = await another();
    const operations = [shell('a', 'true')];
    const made = async (name: string, more: object = {}): Promise<string> => {
      const workflow = { name, infra: 'i', rollback_enabled: false, operations };
      const { id } = valueOf(looked.host.engine.submit(submission(operations, { workflow, ...more })));
      await looked.host.engine.settled(id);
      return id;
    };
    const latest = async () => valueOf(await of(looked).run('@latest')).workflow_id;
    const look = await made('server.check');
    expect(await latest()).toBe(look);
    const work = await made('taskserv.create');
    await made('taskserv.check');
    await made('server.check');
    expect(await latest()).toBe(work);
    const file = await made('server.check', { source: { file: '/w/server.check.ncl' } });
    expect(await latest()).toBe(file);
    await looked.http.close();
    await looked.host.close();
    looked.remove();
  });

  test('a resource says which run changed it last, and when: one that found it as it is did not', async () => {
    const other = await another();
    const read = async () => valueOf(await of(other).resources({ workspace, kind: 'server' }))[0];
    const report = async (more: object): Promise<string> => {
      const id = submit(other.host, 'one', [shell('make', records({ ...put('server', 'a'), ...more }))]);
      await other.host.engine.settled(id);
      return id;
    };
    const first = await report({ facts: { ip: '1' } });
    const made = await read();
    await report({ facts: { ip: '1' } });
    expect(await read()).toEqual(made);
    expect(made).toMatchObject({ workflow_id: first, updated_at: made?.created_at });
    for (const more of [
      { facts: { ip: '2' } },
      { status: 'gone' },
      { definition: { plan: 'x' } },
      { provider: 'ssh' },
    ]) {
      const changed = await report({ facts: { ip: '1' }, ...more });
      const now = await read();
      expect(now).toMatchObject({ ...more, workflow_id: changed, created_at: made?.created_at });
      expect(now?.task_id).not.toBe(made?.task_id);
      await report({ facts: { ip: '1' } });
    }
    await other.http.close();
    await other.host.close();
    other.remove();
  });

  test('finds nothing in a store without runs', async () => {
    expect(valueOf(await ofNothing().runs())).toEqual([]);
    expect(valueOf(await ofNothing().tasks({}))).toEqual([]);
    for (const said of ['@latest', ids[0]]) expect(failureOf(await ofNothing().run(said)).code).toBe('not_found');
  });
});

function valueOf<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`);
}

function failureOf(result: Result<unknown, Failure>): Failure {
  if (!result.ok) return result.error;
  throw new Error(`no failure, but ${JSON.stringify(result.value).slice(0, 200)}`);
}
