import { describe, expect, test } from 'vitest';
import type { RunDocument, TaskDocument } from '../../src/api/documents.ts';
import { exitOfRun } from '../../src/presentation/exit.ts';
import { runText } from '../../src/presentation/run.ts';
import { styleOf } from '../../src/presentation/style.ts';

const task = (more: Partial<TaskDocument>): TaskDocument => ({
  task_id: 't',
  id: 'web-1',
  type: 'server.create',
  status: 'completed',
  attempts: 1,
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: '2026-01-01T00:00:01.500Z',
  progress: 100,
  message: 'Server web-1 created',
  result: {},
  failure: null,
  ...more,
});

const run = (more: Partial<RunDocument>): RunDocument => ({
  workflow_id: 'id-1',
  name: 'flow',
  status: 'completed',
  mode: 'direct',
  attended: true,
  infra: 'default',
  workspace: '/w',
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: '2026-01-01T00:00:02.000Z',
  tasks: [task({})],
  ...more,
});

const textOf = (document: RunDocument): string => runText(document, styleOf(false));

test('a run is a heading, its id and a line for each task', () => {
  expect(textOf(run({}))).toBe(
    [
      'flow  completed  direct · infra default · started 2026-01-01 00:00:00Z · took 2.0s',
      'id-1',
      '',
      'TASK   TYPE           STATUS     TRIES  TIME  MESSAGE',
      'web-1  server.create  completed  1      1.5s  Server web-1 created',
      '',
    ].join('\n'),
  );
});

test('the time of a task that was tried again is that of all tries, with the waits in between', () => {
  const retried = task({ attempts: 2, finished_at: '2026-01-01T00:00:34.000Z' });
  expect(textOf(run({ tasks: [retried] }))).toContain('completed  2      34s in all  Server');
  expect(textOf(run({ tasks: [task({ attempts: 2, finished_at: null })] }))).not.toContain('in all');
});

test('a failed task says why, what to do, and where its output is', () => {
  const failure = { code: 'work_failed', message: 'no plan', hint: 'Choose one.' };
  const text = textOf(run({ status: 'failed', tasks: [task({ status: 'failed', failure })] }));
  expect(text).toContain('error: web-1: no plan [PRV-0001]\n  → Choose one.\n');
  expect(text).toContain('provisioning workflow logs id-1 web-1');
});

test('a paused run says how to go on, and by nothing else when its process is gone', () => {
  const paused = { reason: 'workflow pause' };
  expect(textOf(run({ status: 'paused', paused }))).toContain(
    '→ Paused: workflow pause\n→ To go on: provisioning workflow resume id-1\n',
  );
  const unattended = textOf(run({ status: 'paused', paused, attended: false }));
  expect(unattended).toContain('its process is gone.\n→ Paused: ');
});

test('a run that nobody attends to says so, what is the newest on its record, and how to go on', () => {
  const text = textOf(run({ status: 'running', attended: false, last_recorded_at: '2026-01-01T00:00:05.000Z' }));
  expect(text).toContain(
    'Nobody attends to this run: "provisioning orchestrator start" goes on with it. Its process is gone; the last that is on record of it is of 2026-01-01 00:00:05Z.',
  );
  expect(text).toContain('orchestrator start');
});

test('a running task shows its progress, and a fallback its reason', () => {
  const tasks = [task({ status: 'running', progress: 40, message: 'creating disk', finished_at: null })];
  expect(textOf(run({ status: 'running', tasks }))).toContain('40 % creating disk');
  expect(textOf(run({ fallback: 'no orchestrator' }))).toContain('It was done directly: no orchestrator');
});

describe('the exit code of a run that was waited for', () => {
  const conflict = task({ status: 'failed', failure: { code: 'conflict', message: '' } });
  const missing = task({ status: 'failed', failure: { code: 'not_found', message: '' } });
  const failed = task({ status: 'failed', failure: { code: 'work_failed', message: '' } });
  const CASES: readonly (readonly [string, Partial<RunDocument>, number])[] = [
    ['completed', {}, 0],
    ['failed', { status: 'failed', tasks: [failed] }, 1],
    ['cancelled', { status: 'cancelled' }, 8],
    ['unknown', { status: 'unknown' }, 11],
    ['a command that met another definition', { status: 'failed', name: 'server.create', tasks: [conflict] }, 6],
    ['a command about a server that is not there', { status: 'failed', name: 'server.create', tasks: [missing] }, 4],
    ['a workflow about a server that is not there', { status: 'failed', tasks: [missing] }, 1],
    ['a command with two reasons', { status: 'failed', name: 'server.create', tasks: [conflict, failed] }, 1],
    ['a workflow with a conflict', { status: 'failed', tasks: [conflict] }, 1],
  ];
  test.each(CASES)('%s', (_, more, code) => {
    expect(exitOfRun(run(more))).toBe(code);
  });
});
