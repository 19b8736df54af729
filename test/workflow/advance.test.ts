import { describe, expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { NEW_TASK } from '../../src/domain/task.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { advance } from '../../src/workflow/advance.ts';
import type { Input } from '../../src/workflow/advance.ts';
import { applyEvent, createView } from '../../src/workflow/view.ts';
import type { RunView } from '../../src/workflow/view.ts';

const operation = (id: string, dependencies: string[] = [], attempts = 1): Operation => ({
  id,
  type: 'command.run',
  params: {},
  dependencies,
  priority: 'normal',
  retry: { attempts, backoff: 'fixed', initial_delay: 1, max_delay: 10 },
});

const viewOf = (operations: Operation[]): RunView =>
  createView({
    id: 'r',
    workflow: { name: 'w', infra: 'default', rollback_enabled: false, operations },
    state: { status: 'queued' },
    tasks: operations.map(() => NEW_TASK),
  });

const begun = (operations: Operation[]): RunView => {
  const view = viewOf(operations);
  advance(view, { type: 'start' }, 0);
  return view;
};

const start = (view: RunView, task: number, fence = `f${task}`): void => {
  const attempt = (view.tasks[task]?.attempts ?? 0) + 1;
  applyEvent(view, { type: 'task.started', task, attempt, fence }, 0);
};

const ended = (task: number, outcome: AttemptOutcome, fence = `f${task}`): Input => ({
  type: 'ended',
  task,
  fence,
  outcome,
});
const completed: AttemptOutcome = { kind: 'completed', message: null, result: {}, resources: [] };
const failed: AttemptOutcome = { kind: 'failed', failure: failure('work_failed', 'no'), exitCode: 1 };
const lost: AttemptOutcome = { kind: 'lost', failure: failure('outcome_unknown', 'who knows') };
const statuses = (view: RunView): string[] => view.tasks.map((task) => task.status);
const ready = (view: RunView): number[] => view.ready.flatMap((set) => [...set]);
const typesOf = (view: RunView, input: Input): string[] => advance(view, input, 5).events.map((event) => event.type);

const chain = (): Operation[] => [operation('a'), operation('b', ['a']), operation('c', ['b'])];

describe('a run', () => {
  test('without operations is completed when it starts', () => {
    const view = viewOf([]);
    expect(typesOf(view, { type: 'start' })).toEqual(['run.started', 'run.finished']);
    expect(view.state.status).toBe('completed');
  });

  test('has those tasks ready whose dependencies have all completed', () => {
    const view = begun([operation('a'), operation('b'), operation('c', ['a', 'b'])]);
    expect(ready(view)).toEqual([0, 1]);
    start(view, 0);
    start(view, 1);
    advance(view, ended(0, completed), 1);
    expect(ready(view)).toEqual([]);
    advance(view, ended(1, completed), 1);
    expect(ready(view)).toEqual([2]);
  });

  test('that failed skips what depends on the failure, finishes the rest, and is failed', () => {
    const view = begun([...chain(), operation('d')]);
    start(view, 0);
    start(view, 3);
    expect(typesOf(view, ended(0, failed))).toEqual(['task.failed', 'task.skipped', 'task.skipped']);
    expect(typesOf(view, ended(3, completed))).toEqual(['task.completed', 'run.finished']);
    expect(statuses(view)).toEqual(['failed', 'skipped', 'skipped', 'completed']);
    expect(view.state.status).toBe('failed');
  });

  test('skips a dependant of two failures once', () => {
    const view = begun([operation('a'), operation('b'), operation('c', ['a', 'b'])]);
    start(view, 0);
    start(view, 1);
    advance(view, ended(0, failed), 1);
    expect(typesOf(view, ended(1, failed))).toEqual(['task.failed', 'run.finished']);
  });

  test('with an outcome that nobody knows is unknown, and what depends on it stays pending', () => {
    const view = begun(chain());
    start(view, 0);
    expect(typesOf(view, ended(0, lost))).toEqual(['task.unknown', 'run.finished']);
    expect(statuses(view)).toEqual(['unknown', 'pending', 'pending']);
    expect(view.state.status).toBe('unknown');
  });

  test('takes no input after its end', () => {
    const view = begun([operation('a')]);
    start(view, 0);
    advance(view, ended(0, completed), 1);
    expect(advance(view, { type: 'cancel', reason: 'late' }, 2).events).toEqual([]);
  });

  test('survives a chain of 50,000 failures to skip', () => {
    const long = Array.from({ length: 50_000 }, (_, i) => operation(`t${i}`, i === 0 ? [] : [`t${i - 1}`]));
    const view = begun(long);
    start(view, 0);
    expect(advance(view, ended(0, failed), 1).events).toHaveLength(50_001);
  });
});

describe('a retry', () => {
  test('waits for its time and holds no slot meanwhile', () => {
    const view = begun([operation('a', [], 2)]);
    start(view, 0);
    expect(advance(view, ended(0, failed), 100).events).toMatchObject([{ type: 'task.retrying', not_before: 1100 }]);
    expect([view.running.size, ready(view), [...view.delayed]]).toEqual([0, [], [[0, 1100]]]);
  });

  test('is not made for a run that is being cancelled', () => {
    const view = begun([operation('a', [], 2)]);
    start(view, 0);
    advance(view, { type: 'cancel', reason: 'x' }, 1);
    expect(typesOf(view, ended(0, failed))).toEqual(['task.failed', 'run.finished']);
  });
});

describe('cancelling', () => {
  test('settles what waits at once and asks for the end of what runs', () => {
    const view = begun(chain());
    start(view, 0);
    const { events, effects } = advance(view, { type: 'cancel', reason: 'x' }, 1);
    expect(events.map((event) => event.type)).toEqual(['run.cancelling', 'task.cancelled', 'task.cancelled']);
    expect(effects).toEqual([{ type: 'kill', task: 0 }]);
    expect(typesOf(view, ended(0, { kind: 'cancelled' }))).toEqual(['task.cancelled', 'run.finished']);
    expect(view.state.status).toBe('cancelled');
  });

  test('of a run that has not started ends it', () => {
    const view = viewOf(chain());
    advance(view, { type: 'cancel', reason: 'x' }, 1);
    expect(view.state.status).toBe('cancelled');
  });

  test('does not make a task ready whose last dependency still completes', () => {
    const view = begun(chain());
    start(view, 0);
    advance(view, { type: 'cancel', reason: 'x' }, 1);
    advance(view, ended(0, completed), 2);
    expect(statuses(view)).toEqual(['completed', 'cancelled', 'cancelled']);
    expect(view.counts.cancelled).toBe(2);
    expect(view.state.status).toBe('cancelled');
  });

  test('cancels a task whose claim turns out never to have begun', () => {
    const view = begun([operation('a')]);
    start(view, 0);
    advance(view, { type: 'cancel', reason: 'x' }, 1);
    advance(view, ended(0, { kind: 'revoked', reason: 'r' }), 2);
    expect(statuses(view)).toEqual(['cancelled']);
  });
});

describe('an attempt', () => {
  test('that is not the current one changes nothing', () => {
    const view = begun([operation('a', [], 3)]);
    start(view, 0, 'first');
    advance(view, ended(0, failed, 'first'), 1);
    start(view, 0, 'second');
    expect(advance(view, ended(0, completed, 'first'), 2).events).toEqual([]);
    expect(typesOf(view, ended(0, completed, 'second'))).toEqual(['task.completed', 'run.finished']);
  });

  test('that was revoked is made again under the same number', () => {
    const view = begun([operation('a')]);
    start(view, 0, 'first');
    expect(typesOf(view, ended(0, { kind: 'revoked', reason: 'r' }, 'first'))).toEqual(['task.requeued']);
    expect([ready(view), view.tasks[0]?.attempts]).toEqual([[0], 0]);
  });
});

test('replaying the events of random runs gives the same state', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 200; round++) {
    const size = 1 + random(12);
    const operations = Array.from({ length: size }, (_, i) =>
      operation(
        `t${i}`,
        [...new Set(Array.from({ length: random(3) }, () => `t${random(Math.max(1, i))}`))].filter(
          (id) => id !== `t${i}`,
        ),
        1 + random(3),
      ),
    );
    const view = viewOf(operations);
    const copy = viewOf(operations);
    let now = 0;
    const feed = (input: Input): void => {
      for (const event of advance(view, input, ++now).events) applyEvent(copy, event, now);
    };
    feed({ type: 'start' });
    for (let step = 0; step < 60 && view.state.status === 'running'; step++) {
      const startable = [...ready(view), ...view.delayed.keys()];
      const pick = startable[random(startable.length)];
      if (pick !== undefined && random(2) === 0) {
        const event = {
          type: 'task.started',
          task: pick,
          attempt: (view.tasks[pick]?.attempts ?? 0) + 1,
          fence: `f${step}`,
        } as const;
        applyEvent(view, event, ++now);
        applyEvent(copy, event, now);
      } else if (view.running.size > 0) {
        const task = [...view.running][random(view.running.size)] ?? 0;
        const state = view.tasks[task];
        const fence = state?.status === 'running' ? state.fence : '';
        const outcomes: AttemptOutcome[] = [completed, completed, failed, lost, { kind: 'revoked', reason: 'r' }];
        feed(
          random(20) === 0
            ? { type: 'cancel', reason: 'x' }
            : ended(task, outcomes[random(outcomes.length)] ?? completed, fence),
        );
      }
    }
    expect(copy.tasks, `round ${round}`).toEqual(view.tasks);
    expect(copy.state).toEqual(view.state);
    expect(new Set(ready(copy))).toEqual(new Set(ready(view)));
  }
});
