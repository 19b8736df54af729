import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { Client } from '../../src/client/client.ts';
import { control } from '../rig/control.ts';
import type { Control, Task } from '../rig/control.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';
import { ask, post } from '../rig/http.ts';

let home: Home;
let client: Client;
let tasks: Control;
/** A task that runs, and the headers of one who has its token. */
let task: Task;
let run: string;
let headers: Readonly<Record<string, string>>;
let own: string;

beforeAll(async () => {
  home = makeHome();
  client = await home.client();
  tasks = await control(home.root);
  valueOf(await client.start());
  run = await submit([tasks.operation('parent', { retry: { attempts: 2, initial_delay: 0 } })]);
  task = await tasks.began('parent');
  takeToken();
});
afterAll(async () => {
  await tasks.close();
  await home.close();
});

function takeToken(): void {
  headers = { authorization: `Bearer ${task.env['PROVISIONING_TASK_TOKEN'] ?? ''}` };
  own = task.env['PROVISIONING_TASK_ID'] ?? '';
}

let keys = 0;
async function submit(operations: readonly object[]): Promise<string> {
  const environment = { PATH: process.env['PATH'] ?? '' };
  const envelope = { workflow: { name: 'w', operations: [...operations] }, environment };
  return valueOf(await client.submit(envelope, `rights-${keys++}`)).workflow_id;
}

const trivial = { name: 'child', operations: [{ id: 'a', type: 'command.run', params: { argv: ['echo', 'hello'] } }] };
const idOf = ({ json }: { json: unknown }): string => (json as { workflow_id: string }).workflow_id;

test('a task submits a run, waits for it and reads it, with nothing but its own token', async () => {
  const submitted = await post(home, '/workflows', trivial, headers);
  expect(submitted.status).toBe(202);
  const child = idOf(submitted);
  const waited = await post(home, `/tasks/${own}/wait`, { workflow_id: child }, headers);
  expect(waited).toMatchObject({ status: 200, json: { task_id: own, workflow_id: child, status: 'completed' } });
  const read = await ask(home, { path: `/v1/workflows/${child}`, headers });
  const document = read.json as RunDocument;
  expect(document.parent).toEqual({ workflow_id: run, task_id: own, id: 'parent' });
  for (const path of [
    `/workflows/${child}/why`,
    `/workflows/${child}/definition`,
    `/tasks/${document.tasks[0]?.task_id}`,
  ])
    expect((await ask(home, { path, headers })).status).toBe(200);
  const log = await ask(home, { path: `/tasks/${document.tasks[0]?.task_id}/log`, headers });
  expect(log.text).toContain('hello');
  expect((await ask(home, { path: `/workflows/${child}/events`, headers })).text).toContain('run.finished');
});

test('what it says of its parent does not count: its token does', async () => {
  const other = await submit([{ id: 'a', type: 'command.run', params: { argv: ['true'] } }]);
  const stranger = valueOf(await client.reads.run(other)).tasks[0]?.task_id ?? '';
  const submitted = await post(home, '/workflows', { workflow: trivial, parent: stranger }, headers);
  expect(valueOf(await client.reads.run(idOf(submitted))).parent).toMatchObject({ task_id: own });
});

test('nothing else is done for a task’s token, but refused with 403', async () => {
  const other = await submit([tasks.operation('other')]);
  const stranger = await tasks.began('other');
  const foreign = stranger.env['PROVISIONING_TASK_ID'] ?? '';
  const child = idOf(await post(home, '/workflows', trivial, headers));
  const gets = ['/workflows', '/tasks', '/resources?kind=server', '/openapi.json', `/workflows/${run}`];
  const more = [
    `/workflows/${other}`,
    `/workflows/${other}/definition`,
    `/workflows/${other}/events`,
    `/tasks/${foreign}`,
    `/tasks/${foreign}/log`,
  ];
  for (const path of [...gets, ...more]) expect((await ask(home, { path, headers })).status, path).toBe(403);
  const posts = [`/workflows/${child}/cancel`, `/workflows/${run}/cancel`, `/workflows/${child}/retry`];
  const theirs = ['progress', 'checkpoint', 'wait'].map((what) => `/tasks/${foreign}/${what}`);
  for (const path of [...posts, ...theirs, '/orchestrator/stop', '/orchestrator/reload'])
    expect((await post(home, path, {}, headers)).status, path).toBe(403);
  stranger.tell({ exit: 0 });
});

test('a task waits for runs of its own only', async () => {
  const other = await submit([tasks.operation('alone')]);
  const alone = await tasks.began('alone');
  expect(await post(home, `/tasks/${own}/wait`, { workflow_id: other }, headers)).toMatchObject({ status: 409 });
  expect(await post(home, `/tasks/${own}/wait`, { workflow_id: 'nobody' }, headers)).toMatchObject({ status: 404 });
  alone.tell({ exit: 0 });
});

test('a checkpoint that was sent is what the next attempt finds; the token of the attempt before is good no more', async () => {
  const checkpoint = { done: ['a', 'b'], left: null };
  expect(await post(home, `/tasks/${own}/checkpoint`, { checkpoint }, headers)).toMatchObject({
    status: 200,
    json: { task_id: own, status: 'running' },
  });
  expect((await post(home, `/tasks/${own}/checkpoint`, { done: 1 }, headers)).status).toBe(400);
  const before = headers;
  task.tell({ exit: 1 });
  task = await tasks.began('parent');
  takeToken();
  const request = readFileSync(join(task.env['PROVISIONING_TASK_DIR'] ?? '', 'request.json'), 'utf8');
  expect((JSON.parse(request) as { checkpoint: unknown }).checkpoint).toEqual(checkpoint);
  expect((await post(home, `/tasks/${own}/progress`, { progress: 1 }, before)).status).toBe(401);
  expect((await post(home, `/tasks/${own}/progress`, { progress: 1 }, headers)).status).toBe(200);
  task.tell({ exit: 0 });
  await task.gone;
  await expect.poll(async () => valueOf(await client.reads.run(run)).status).toBe('completed');
  expect((await post(home, '/workflows', trivial, headers)).status).toBe(401);
  expect((await post(home, `/tasks/${own}/checkpoint`, { checkpoint })).status).toBe(404);
});
