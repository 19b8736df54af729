import { describe, expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { NEW_TASK } from '../../src/domain/task.ts';
import { DEPENDENCY_CONDITIONS } from '../../src/domain/workflow.ts';
import type { Dependency, Operation } from '../../src/domain/workflow.ts';
import { advance } from '../../src/workflow/advance.ts';
import { retryTasks } from '../../src/workflow/steer.ts';
import type { RetryWish } from '../../src/workflow/steer.ts';
import { applyEvent, createView, isSatisfied } from '../../src/workflow/view.ts';
import type { RunView } from '../../src/workflow/view.ts';
import { below, pick, randomOf } from '../rig/random.ts';

const completed: AttemptOutcome = { kind: 'completed', message: null, result: {}, resources: [] };
const failed: AttemptOutcome = { kind: 'failed', failure: failure('work_failed', 'no'), exitCode: 1 };

const operation = (id: string, ...dependencies: (string | Dependency)[]): Operation => ({
  id,
  type: 'command.run',
  params: {},
  dependencies,
  priority: 'normal',
  retry: { attempts: 1, backoff: 'fixed', initial_delay: 0, max_delay: 0 },
});
const onFailure = (id: string): Dependency => ({ id, kind: 'hard', on: 'failure' });
const always = (id: string): Dependency => ({ id, kind: 'hard', on: 'always' });
const soft = (id: string): Dependency => ({ id, kind: 'soft', on: 'success' });

function begun(...operations: Operation[]): RunView {
  const workflow = { name: 'w', infra: 'default', rollback_enabled: false, operations };
  const view = createView({ id: 'R', workflow, state: { status: 'queued' }, tasks: operations.map(() => NEW_TASK) });
  advance(view, { type: 'start' }, 0);
  return view;
}

/** Does what is ready until the run has ended; `fails` says who fails. What was done, in order. */
function finish(view: RunView, fails: (id: string) => boolean = () => false): string[] {
  const done: string[] = [];
  for (let now = 1; !isOutcome(view.state.status); now++) {
    const [task] = view.ready.flatMap((set) => [...set]);
    if (task === undefined) throw new Error(`nothing can be done, and the run is ${view.state.status}`);
    const [fence, id] = [`${now}`, view.workflow.operations[task]?.id ?? ''];
    applyEvent(view, { type: 'task.started', task, attempt: (view.tasks[task]?.attempts ?? 0) + 1, fence }, now);
    advance(view, { type: 'ended', task, fence, outcome: fails(id) ? failed : completed }, now);
    done.push(id);
  }
  return done;
}

const only =
  (...ids: string[]) =>
  (id: string): boolean =>
    ids.includes(id);

function retry(view: RunView, wish: RetryWish = {}): boolean {
  const tasks = retryTasks(view, wish);
  if (tasks.ok) advance(view, { type: 'redo', tasks: tasks.value, reason: 'retry' }, 1000);
  return tasks.ok;
}

const ends = (view: RunView): Record<string, string> =>
  Object.fromEntries(view.workflow.operations.map(({ id }, task) => [id, view.tasks[task]?.status ?? '']));

describe('a retry', () => {
  test('leaves alone what is rightly skipped, and does what waits for its end', () => {
    const view = begun(
      operation('prep'),
      operation('alert', onFailure('prep')),
      operation('build'),
      operation('deploy', 'build', soft('alert')),
      operation('report', 'deploy'),
    );
    finish(view, only('build'));
    expect(ends(view)).toEqual({
      prep: 'completed',
      alert: 'skipped',
      build: 'failed',
      deploy: 'skipped',
      report: 'skipped',
    });
    expect(retry(view)).toBe(true);
    expect(finish(view)).toEqual(['build', 'deploy', 'report']);
    expect([view.state.status, ends(view)['alert']]).toEqual(['completed', 'skipped']);
  });

  test('skips at once what waits for an end that has come otherwise', () => {
    const view = begun(operation('prep'), operation('build'), operation('both', 'build', onFailure('prep')));
    finish(view, only('build'));
    retry(view);
    expect(finish(view)).toEqual(['build']);
    expect(ends(view)).toEqual({ prep: 'completed', build: 'completed', both: 'skipped' });
  });

  test('is refused where nothing failed, though something was skipped', () => {
    const view = begun(operation('ok'), operation('hook', onFailure('ok')));
    finish(view);
    expect(retryTasks(view, {})).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: 'run R is completed: there is nothing to retry' },
    });
  });

  test.each([
    ['a failure', onFailure],
    ['any end', always],
  ])('what waits for %s is done at each of them, with what follows', (_, on) => {
    const view = begun(operation('build'), operation('hook', on('build')), operation('after', 'hook'));
    expect(finish(view, only('build'))).toEqual(['build', 'hook', 'after']);
    retry(view);
    expect(finish(view, only('build'))).toEqual(['build', 'hook', 'after']);
    expect(view.state.status).toBe('failed');
  });

  test('what waited for a failure has done so when the next end is none', () => {
    const view = begun(operation('build'), operation('alert', onFailure('build')), operation('clean', always('build')));
    finish(view, only('build'));
    retry(view);
    expect(finish(view)).toEqual(['build', 'clean']);
    expect(ends(view)).toEqual({ build: 'completed', alert: 'completed', clean: 'completed' });
  });
});

test('who is skipped for want of a failure is told so', () => {
  const view = begun(operation('ok'), operation('hook', onFailure('ok')), operation('after', 'hook'));
  finish(view);
  expect(view.tasks.slice(1)).toMatchObject([
    { status: 'skipped', because: 'ok', wanted: 'failure', startedAt: null },
    { status: 'skipped', because: 'hook' },
  ]);
  expect(view.tasks[2]).not.toHaveProperty('wanted', 'failure');
});

test.each(Array.from({ length: 300 }, (_, seed) => seed))(
  'seed %i: a run that has ended has nothing left to do, however often it is retried, and skips nothing without a reason',
  (seed) => {
    const random = randomOf(seed);
    const operations = Array.from({ length: 2 + below(random, 9) }, (_, index): Operation => {
      const earlier = Array.from({ length: index }, (_unused, before) => `t${before}`);
      const ids = earlier.filter(() => random() < 2 / (index + 1));
      const dependencies = ids.map((id) =>
        random() < 0.2 ? soft(id) : { id, kind: 'hard' as const, on: pick(random, DEPENDENCY_CONDITIONS) },
      );
      const goesOn = random() < 0.2 ? { on_failure: 'continue' as const } : {};
      return { ...operation(`t${index}`, ...dependencies), ...goesOn };
    });
    const view = begun(...operations);
    for (let round = 0; round < 5; round++) {
      finish(view, () => random() < 0.4);
      const statuses = view.tasks.map(({ status }) => status);
      expect(statuses.filter((status) => status === 'pending' || status === 'running')).toEqual([]);
      expect(view.state.status === 'completed').toBe(!statuses.includes('failed'));
      for (const [task, status] of statuses.entries()) {
        const isWanting = [...view.dependants.entries()].some(([before, edges]) =>
          edges.some((edge) => edge.task === task && isSatisfied(view, before, edge) === false),
        );
        if (status === 'skipped') expect(isWanting, `t${task}`).toBe(true);
      }
      const from = random() < 0.3 ? { from: `t${below(random, operations.length)}` } : {};
      if (!retry(view, { ...from, onlyFailed: random() < 0.5 })) expect(view.state.status).toBe('completed');
    }
  },
);
