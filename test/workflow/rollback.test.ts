import { describe, expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import { NEW_TASK } from '../../src/domain/task.ts';
import type { TaskState } from '../../src/domain/task.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { planRollback } from '../../src/workflow/rollback.ts';
import { createView } from '../../src/workflow/view.ts';
import type { RunView } from '../../src/workflow/view.ts';

const operation = (
  id: string,
  type: string,
  dependencies: string[] = [],
  more: Partial<Operation> = {},
): Operation => ({
  id,
  type,
  params: { name: id },
  dependencies,
  priority: 'normal',
  retry: ONE_ATTEMPT,
  ...more,
});
const completed = (changed?: boolean): TaskState => ({
  status: 'completed',
  attempts: 1,
  startedAt: 1,
  finishedAt: 2,
  message: null,
  result: changed === undefined ? {} : { changed },
});
const settled = { attempts: 1, startedAt: 1, finishedAt: 2 };
const failed: TaskState = { status: 'failed', ...settled, failure: failure('work_failed', 'x') };
const unknown: TaskState = { status: 'unknown', ...settled, failure: failure('outcome_unknown', 'x') };

const viewOf = (entries: readonly [Operation, TaskState][], rollback = true): RunView =>
  createView({
    id: 'r1',
    workflow: { name: 'w', infra: 'i', rollback_enabled: rollback, operations: entries.map(([one]) => one) },
    state: { status: 'failed', startedAt: 1, finishedAt: 2 },
    tasks: entries.map(([, state]) => state),
  });

const edges = (view: RunView): unknown => {
  const plan = planRollback(view);
  if (!plan.ok) return plan.error.message;
  return plan.value.workflow.operations.map(({ id, type, dependencies }) => [id, type, dependencies]);
};

const three = (): [Operation, TaskState][] => [
  [operation('web', 'server.create'), completed(true)],
  [operation('db', 'server.create'), completed(true)],
  [operation('k8s', 'taskserv.create', ['web', 'db']), completed(true)],
  [operation('shop', 'app.deploy', ['k8s']), completed(true)],
];

describe('a rollback', () => {
  test('takes back in reverse order, in parallel where that is possible', () => {
    expect(edges(viewOf(three()))).toEqual([
      ['undo-shop', 'app.remove', []],
      ['undo-k8s', 'taskserv.delete', ['undo-shop']],
      ['undo-db', 'server.delete', ['undo-k8s']],
      ['undo-web', 'server.delete', ['undo-k8s']],
    ]);
  });

  test('leaves what did not complete, and what was there before', () => {
    const entries = three();
    entries[1] = [operation('db', 'server.create'), completed(false)];
    entries[3] = [operation('shop', 'app.deploy', ['k8s']), failed];
    expect(edges(viewOf(entries))).toEqual([
      ['undo-k8s', 'taskserv.delete', []],
      ['undo-web', 'server.delete', ['undo-k8s']],
    ]);
  });

  test('takes only what is new, and names what changed something that was there before', () => {
    const result = (of: Record<string, unknown>): TaskState => ({ ...completed(), result: of }) as TaskState;
    const view = viewOf([
      [operation('new', 'taskserv.create'), result({ changed: true, made: { servers: ['h3'] }, altered: true })],
      [operation('old', 'app.deploy'), result({ changed: true, made: null, altered: true })],
      [operation('same', 'app.deploy'), result({ changed: false, made: null, altered: false })],
    ]);
    expect(planRollback(view)).toMatchObject({
      value: {
        workflow: { operations: [{ id: 'undo-new', params: { name: 'new', servers: ['h3'] } }] },
        altered: ['new', 'old'],
        uncompensated: [],
      },
    });
  });

  test('keeps the order over tasks that have nothing to take back', () => {
    const view = viewOf([
      [operation('web', 'server.create'), completed()],
      [operation('check', 'command.run', ['web']), completed()],
      [operation('shop', 'app.deploy', ['check']), completed()],
    ]);
    expect(edges(view)).toEqual([
      ['undo-shop', 'app.remove', []],
      ['undo-web', 'server.delete', ['undo-shop']],
    ]);
    expect(planRollback(view)).toMatchObject({ value: { uncompensated: ['check'] } });
  });

  test('uses the compensation that was said, and names what cannot be taken back', () => {
    const compensate = { type: 'command.run', params: { argv: ['true'] } };
    const view = viewOf([
      [operation('a', 'command.run', [], { compensate }), completed()],
      [operation('mail', 'command.run', [], { irreversible: true }), completed()],
    ]);
    expect(edges(view)).toEqual([['undo-a', 'command.run', []]]);
    expect(planRollback(view)).toMatchObject({ value: { irreversible: ['mail'], uncompensated: [] } });
  });

  test.each([
    ['while something is unknown', viewOf([[operation('a', 'server.create'), unknown]]), 'nobody knows whether a'],
    [
      'where the workflow does not allow it',
      viewOf([[operation('a', 'server.create'), completed()]], false),
      'not allow',
    ],
    [
      'of a run that has not ended',
      createView({ ...viewOf([]), state: { status: 'running', startedAt: 1 }, tasks: [NEW_TASK].slice(1) }),
      'has not ended',
    ],
  ])('is refused %s', (_name, view, text) => {
    expect(planRollback(view)).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: expect.stringContaining(text) },
    });
  });
});
