import { expect } from 'vitest';
import type { EventDocument } from '../../src/api/documents.ts';
import { test } from '../rig/cli-test.ts';

const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });
const runs = (id: string, ...argv: readonly string[]) => ({ id, type: 'command.run', params: { argv } });
const records = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

test('events are NDJSON: the schema, then records whose seq has no gaps', async ({ home, provisioning }) => {
  home.write('flow.json', flow(runs('a', 'true'), { ...runs('b', 'true'), dependencies: ['a'] }));
  await provisioning('workflow run flow.json');
  const plain = await provisioning('workflow events @latest');
  const [head, ...events] = records<EventDocument>(plain.stdout);
  expect(head).toEqual({ schema: 'provisioning.events/1', workflow_id: events[0]?.workflow_id });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ type, task }) => [type, task].filter(Boolean).join(' '))).toEqual([
    'run.accepted',
    'run.started',
    'task.started a',
    'task.completed a',
    'task.started b',
    'task.completed b',
    'run.finished',
  ]);
  for (const { at } of events) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect((await provisioning('batch events @latest --json')).stdout).toBe(plain.stdout);
  const since = records<EventDocument>((await provisioning('workflow events @latest --since 5')).stdout);
  expect(since.slice(1)).toEqual(events.slice(5));
});

test('events are read after kill -9 of whoever executed the run', async ({ home, provisioning, tasks, begin }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  const running = begin('workflow run flow.json');
  const a = await tasks.began('a');
  running.child.kill('SIGKILL');
  await running.ended;
  const read = await provisioning('workflow events @latest');
  expect(read).toMatchObject({ code: 0, stderr: '' });
  expect(records<EventDocument>(read.stdout).at(-1)).toMatchObject({ type: 'task.started', task: 'a' });
  a.tell({ exit: 0 });
  await a.gone;
});

test('--since takes a duration or a time, too', async ({ home, provisioning }) => {
  home.write('flow.json', flow(runs('a', 'true')));
  await provisioning('workflow run flow.json');
  const seqs = async (since: string): Promise<string> =>
    (await provisioning(`workflow events @latest --since ${since} --quiet`)).stdout;
  const all = await seqs('0');
  expect(all).toMatch(/^1\n2\n/);
  expect([await seqs('2h'), await seqs('2020-01-01')]).toEqual([all, all]);
  const [last] = records<EventDocument>((await provisioning('workflow events @latest')).stdout).slice(-1);
  expect(await seqs(last?.at ?? '')).toContain(`${last?.seq}\n`);
  expect(await seqs('2999-01-01')).toBe('');
});

test('events of no run are not found, and --since wants a number or a time', async ({ provisioning }) => {
  expect((await provisioning('workflow events nobody')).code).toBe(4);
  expect((await provisioning('workflow events @latest --since yesterday')).code).toBe(2);
});
