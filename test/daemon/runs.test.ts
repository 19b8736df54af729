import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventDocument, RunDocument } from '../../src/api/documents.ts';
import type { Client } from '../../src/client/client.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask, post } from '../rig/http.ts';

let home: Home;
let client: Client;
beforeAll(async () => {
  home = makeHome();
  client = await home.client();
  valueOf(await client.start());
});
afterAll(() => home.close());

const sh = (id: string, script: string, more: object = {}): object => ({
  id,
  type: 'command.run',
  params: { argv: ['/bin/sh', '-c', script], env: { HERE: home.root } },
  ...more,
});
const workflow = (...operations: object[]) => ({ name: 'w', operations });
const environment = { PATH: '/usr/bin:/bin' };
let keys = 0;
const submit = async (...operations: object[]): Promise<string> =>
  valueOf(await client.submit({ workflow: workflow(...operations), environment }, `key-${keys++}`)).workflow_id;

async function follow(id: string, after = 0): Promise<EventDocument[]> {
  const events: EventDocument[] = [];
  const onEvent = (event: EventDocument): void => void events.push(event);
  expect(valueOf(await client.follow(id, { after, onEvent, start: false }))).toEqual({ finished: true });
  return events;
}

/** Waits until the task says `PROGRESS: 1 here`, which it does right at its start. */
function started(id: string): Promise<null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const gone = new AbortController();
  void client.follow(id, {
    after: 0,
    start: false,
    signal: gone.signal,
    onEvent: ({ type }) => {
      if (type !== 'task.progress') return;
      resolve(null);
      gone.abort();
    },
  });
  return promise;
}

/** Goes on when the file `NAME` appears in the home: a task that a test controls. */
const waiting = (name: string): string => `echo 'PROGRESS: 1 here'; until [ -e "$HERE/${name}" ]; do sleep 0.02; done`;
const letGo = (name: string): void => {
  writeFileSync(join(home.root, name), '');
};

test('a submitted workflow runs, and its events arrive once and in order', async () => {
  const id = await submit(sh('a', 'echo one'), sh('b', 'echo two', { dependencies: ['a'] }));
  const events = await follow(id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ type, task }) => (task === undefined ? type : `${type} ${task}`))).toEqual([
    'run.accepted',
    'run.started',
    'task.started a',
    'task.completed a',
    'task.started b',
    'task.completed b',
    'run.finished',
  ]);
  expect(await follow(id, 5)).toEqual(events.slice(5));
  expect(await follow(id, 7)).toEqual([]);
});

test('reading over HTTP gives what the store has', async () => {
  const id = await submit(sh('a', "printf 'grün\\n'"));
  await follow(id);
  const run = valueOf(await client.reads.run(id));
  expect(run).toMatchObject({
    workflow_id: id,
    status: 'completed',
    attended: true,
    tasks: [{ id: 'a', attempts: 1 }],
  });
  expect(valueOf(await client.reads.run('@latest')).workflow_id).toBe(id);
  expect(valueOf(await client.reads.runs())[0]).toMatchObject({ workflow_id: id, mode: 'orchestrated' });
  const taskId = run.tasks[0]?.task_id ?? '';
  expect(valueOf(await client.reads.task(taskId))).toEqual({ workflow_id: id, task: run.tasks[0] });
  expect(valueOf(await client.reads.tasks({ status: 'completed' }))).toContainEqual(
    valueOf(await client.reads.task(taskId)),
  );
  expect(valueOf(await client.reads.output(taskId, 0))).toEqual({
    text: 'grün\n',
    next: 6,
    total: 6,
    truncated: false,
  });
  expect(valueOf(await client.reads.events(id, 3)).map(({ seq }) => seq)).toEqual([4, 5]);
  expect(valueOf(await client.reads.resources({ workspace: home.root, kind: 'server' }))).toEqual([]);
  expect(await client.reads.run('0000')).toMatchObject({ ok: false, error: { code: 'not_found', proof: 'answered' } });
});

test('the log of a task is text for who asks like curl, all of it', async () => {
  const id = await submit(sh('a', 'seq 1 200000'));
  await follow(id);
  const run = valueOf(await client.reads.run(id));
  const log = await ask(home, { path: `/tasks/${run.tasks[0]?.task_id ?? ''}/log` });
  expect(log.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(log.text).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join(''));
});

test('the same key and body give the same run; another body is a conflict; no key gives a new run', async () => {
  const body = workflow(sh('a', 'true'));
  const first = valueOf(await client.submit({ workflow: body, environment }, 'mine'));
  expect(valueOf(await client.submit({ workflow: body, environment }, 'mine'))).toEqual(first);
  const other = await client.submit({ workflow: { ...body, name: 'other' }, environment }, 'mine');
  expect(other).toMatchObject({ ok: false, error: { code: 'conflict', proof: 'answered' } });
  const ids = await Promise.all([1, 2].map(async () => (await post(home, '/workflows', body)).json));
  expect(new Set(ids.map((answer) => JSON.stringify(answer))).size).toBe(2);
  const same = await Promise.all(
    Array.from({ length: 20 }, () => post(home, '/v1/workflows', body, { 'idempotency-key': 'storm' })),
  );
  expect(new Set(same.map(({ text }) => text)).size).toBe(1);
  expect(same.every(({ status }) => status === 202)).toBe(true);
});

test.each([
  ['bare', (body: object) => body],
  ['in batch_workflow', (body: object) => ({ batch_workflow: body })],
  ['in workflow', (body: object) => ({ workflow: body })],
  ['in an envelope, as in a file', (body: object) => ({ workflow: { batch_workflow: body }, environment })],
])('a definition is accepted %s', async (_name, wrap) => {
  const answer = await post(home, '/workflows', wrap(workflow(sh('a', 'true'))));
  expect(answer).toMatchObject({ status: 202, json: { workflow_id: expect.any(String), status: 'queued' } });
});

test('everything that is wrong with a definition is said at once, with its place', async () => {
  const body = workflow(sh('a', 'true', { dependencies: ['b'] }), { id: 'c', type: 'server.creat', params: {} });
  const refused = await client.submit({ workflow: body }, 'wrong');
  if (refused.ok) throw new Error('it was accepted');
  const all = [refused.error, ...refused.error.others];
  expect(all.map(({ code }) => code)).toEqual(['definition_invalid', 'definition_invalid']);
  const places = all.map(({ place }) => place?.path).join(' ');
  expect(places).toContain('operations[0] (a)');
  expect(places).toContain('operations[1] (c)');
  const unknown = await post(home, '/workflows', { workflow: body, workspce: '/' });
  expect(unknown).toMatchObject({ status: 400, json: { detail: expect.stringContaining('workspce') } });
});

test('a run is cancelled, and asked again it stands so; one that has ended in another way is refused', async () => {
  const id = await submit(sh('a', waiting('never')));
  await started(id);
  expect(valueOf(await client.steer(id, { verb: 'cancel', body: {} }, false))).toEqual({
    workflow_id: id,
    status: 'cancelling',
  });
  await follow(id);
  expect(valueOf(await client.reads.run(id))).toMatchObject({ status: 'cancelled', tasks: [{ status: 'cancelled' }] });
  expect(valueOf(await client.steer(id, { verb: 'cancel', body: {} }, false))).toEqual({
    workflow_id: id,
    status: 'cancelled',
    already: true,
  });
  const done = await submit(sh('a', 'true'));
  await follow(done);
  expect(await client.steer(done, { verb: 'cancel', body: {} }, false)).toMatchObject({
    ok: false,
    error: { code: 'conflict' },
  });
  expect(await client.steer('0000', { verb: 'cancel', body: {} }, false)).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
});

test('a task reports its progress with its own token, which dies with it', async () => {
  const script = `env > "$HERE/env"; ${waiting('go-on')}`;
  const id = await submit(sh('a', script), sh('b', 'true', { dependencies: ['a'] }));
  await started(id);
  const variables = readFileSync(join(home.root, 'env'), 'utf8');
  const token = /^PROVISIONING_TASK_TOKEN=(.*)$/m.exec(variables)?.[1] ?? '';
  expect(variables).toContain(`PROVISIONING_SOCKET=${home.descriptor()?.socket ?? ''}\n`);
  expect(variables).not.toContain(home.token());
  const run = valueOf(await client.reads.run(id));
  const [own = '', other = ''] = run.tasks.map(({ task_id }) => task_id);
  const headers = { authorization: `Bearer ${token}` };
  const report = { progress: 40, status: 'halfway' };
  expect(await post(home, `/tasks/${own}/progress`, report, headers)).toMatchObject({
    status: 200,
    json: { task_id: own, status: 'running' },
  });
  expect((await post(home, `/v1/tasks/${own}/progress`, { status: 'in_progress' }, headers)).status).toBe(200);
  expect((await post(home, `/tasks/${other}/progress`, report, headers)).status).toBe(403);
  expect((await post(home, `/workflows/${id}/cancel`, {}, headers)).status).toBe(403);
  expect((await post(home, `/tasks/${own}/progress`, { progress: 101 }, headers)).status).toBe(400);
  expect(valueOf(await client.reads.task(own)).task).toMatchObject({ progress: 40, message: 'halfway' });
  letGo('go-on');
  await follow(id);
  expect((await post(home, `/tasks/${own}/progress`, report, headers)).status).toBe(401);
  expect((await post(home, `/tasks/${own}/progress`, report)).status).toBe(404);
});

test('a command over HTTP takes its servers from params, or from a workspace that the orchestrator reads', async () => {
  const carried = await post(home, '/workflows/servers/create', {
    infra: 'wuji',
    params: { provider: 'local', servers: [{ name: 'web-1', plan: '2xCPU-4GB' }, { name: 'web-2' }] },
  });
  expect(carried.status).toBe(202);
  const workspace = join(home.root, 'workspace');
  mkdirSync(join(workspace, 'infra'), { recursive: true });
  writeFileSync(join(workspace, 'infra', 'wuji.toml'), '[[servers]]\nname = "db-1"\nprovider = "local"\n');
  const read = await post(home, '/v1/workflows/servers/create', { infra: 'wuji', params: {}, workspace });
  expect(read.status).toBe(202);
  const runs = await Promise.all([carried, read].map((answer) => runOf(answer.json)));
  expect(runs.map(({ tasks }) => tasks.map(({ id, type }) => `${type} ${id}`))).toEqual([
    ['server.create web-1', 'server.create web-2'],
    ['server.create db-1'],
  ]);
  expect(runs.map((run) => run.workspace)).toEqual([home.root, workspace]);
  const wrong = await post(home, '/workflows/servers/create', {
    infra: 'wuji',
    params: { names: ['db-2'] },
    workspace,
  });
  expect(wrong).toMatchObject({ status: 404, json: { hint: expect.stringContaining('db-1') } });
  const type = await post(home, '/workflows/servers/create', { infra: 'i', type: 'server_delete' });
  expect(type).toMatchObject({ status: 400, json: { detail: expect.stringContaining('server.create') } });
});

test('deleting what a run still needs is a conflict that names the run', async () => {
  await runOf((await post(home, '/workflows/servers/create', { infra: 'kept', params: LOCAL })).json);
  const needs = { id: 'b', type: 'command.run', dependencies: ['a'], params: { argv: ['true'], servers: ['web-1'] } };
  const flow = { ...workflow(sh('a', waiting('kept-go')), needs), infra: 'kept' };
  const { workflow_id: id } = (await post(home, '/workflows', { workflow: flow, environment })).json as {
    workflow_id: string;
  };
  const body = { infra: 'kept', params: { name: 'web-1' } };
  expect(await post(home, '/workflows/servers/delete', body)).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining(`in use by run ${id} (`), hint: expect.stringContaining(id) },
  });
  letGo('kept-go');
  await follow(id);
  expect((await post(home, '/workflows/servers/delete', body)).status).toBe(202);
});
const LOCAL = { provider: 'local', servers: [{ name: 'web-1' }] };

test('a stream tells what another reader misses nothing of when it resumes by Last-Event-ID', async () => {
  const id = await submit(sh('a', 'echo x'));
  const all = await ask(home, { path: `/workflows/${id}/events` });
  expect(all.headers['content-type']).toBe('text/event-stream');
  const rest = await ask(home, { path: `/workflows/${id}/events`, headers: { 'last-event-id': '2' } });
  const seqs = (text: string): string[] => text.match(/^id: \d+$/gm) ?? [];
  expect(seqs(all.text)).toEqual(['id: 1', 'id: 2', 'id: 3', 'id: 4', 'id: 5']);
  expect(seqs(rest.text)).toEqual(['id: 3', 'id: 4', 'id: 5']);
  expect((await ask(home, { path: `/workflows/${id}/events?after=-1` })).status).toBe(400);
});

async function runOf(accepted: unknown): Promise<RunDocument> {
  const { workflow_id } = accepted as { workflow_id: string };
  await follow(workflow_id);
  return valueOf(await client.reads.run(workflow_id));
}
