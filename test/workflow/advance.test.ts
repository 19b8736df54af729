import { describe, expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { NEW_TASK, waitsOf } from '../../src/domain/task.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { advance } from '../../src/workflow/advance.ts';
import type { Input } from '../../src/workflow/input.ts';
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

describe('an attempt that ended while nobody attended', () => {
  test.each([
    ['then, not when it was noticed', 70, 70],
    ['not before it began, whatever its traces say', 10, 50],
    ['not after it was noticed', 200, 90],
  ])('ended %s', (_, endedAt, finishedAt) => {
    for (const outcome of [completed, failed]) {
      const view = begun([operation('a')]);
      applyEvent(view, { type: 'task.started', task: 0, attempt: 1, fence: 'f0' }, 50);
      advance(view, ended(0, { ...outcome, endedAt }), 90);
      expect(view.tasks[0]).toMatchObject({ finishedAt });
    }
  });

  test('is tried again from when that was noticed', () => {
    const view = begun([operation('a', [], 2)]);
    start(view, 0);
    const { events } = advance(view, ended(0, { ...failed, endedAt: 70 }), 90);
    expect(events).toMatchObject([{ type: 'task.retrying', ended_at: 70, not_before: 1090 }]);
  });
});

describe('a run', () => {
  test.each<AttemptOutcome['kind']>(['failed', 'lost', 'cancelled', 'redo'])(
    'puts on record what a task says is so, although it is %s',
    (kind) => {
      const view = begun([operation('a')]);
      start(view, 0);
      const resources = [{ action: 'remove', kind: 'app', name: 'shop' }] as const;
      const outcome = { kind, failure: failure('work_failed', 'no'), exitCode: 1, resources } as AttemptOutcome;
      expect(advance(view, ended(0, outcome), 5).resources).toEqual([{ task: 0, changes: resources }]);
    },
  );

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
    expect(view.tasks[0]).toMatchObject({ status: 'pending', putBack: 'r' });
  });
});

describe('dependencies', () => {
  const kinds = (kind: 'hard' | 'soft' | 'optional', on: 'success' | 'failure' | 'always'): Operation[] => [
    operation('a'),
    { ...operation('b'), dependencies: [{ id: 'a', kind, on }] },
  ];
  test.each([
    ['hard', 'success', completed, 'pending'],
    ['hard', 'success', failed, 'skipped'],
    ['hard', 'failure', completed, 'skipped'],
    ['hard', 'failure', failed, 'pending'],
    ['hard', 'always', failed, 'pending'],
    ['soft', 'success', failed, 'pending'],
    ['optional', 'success', failed, 'skipped'],
    ['optional', 'success', completed, 'pending'],
  ] as const)('%s on %s', (kind, on, outcome, expected) => {
    const view = begun(kinds(kind, on));
    expect(ready(view)).toEqual([0]);
    start(view, 0);
    advance(view, ended(0, outcome), 1);
    expect(view.tasks[1]?.status).toBe(expected);
    expect(ready(view)).toEqual(expected === 'pending' ? [1] : []);
  });

  test('on always run after what was skipped', () => {
    const view = begun([...chain(), { ...operation('d'), dependencies: [{ id: 'c', kind: 'hard', on: 'always' }] }]);
    start(view, 0);
    advance(view, ended(0, failed), 1);
    expect([statuses(view), ready(view)]).toEqual([['failed', 'skipped', 'skipped', 'pending'], [3]]);
  });

  test('of an operation that continues on failure go on, and the run is failed all the same', () => {
    const view = begun([{ ...operation('a'), on_failure: 'continue' }, operation('b', ['a'])]);
    start(view, 0);
    advance(view, ended(0, failed), 1);
    start(view, 1);
    advance(view, ended(1, completed), 2);
    expect(view.state.status).toBe('failed');
  });

  test('wait for what is unknown, whatever their kind', () => {
    const view = begun(kinds('soft', 'always'));
    start(view, 0);
    advance(view, ended(0, lost), 1);
    expect([statuses(view), ready(view), view.state.status]).toEqual([['unknown', 'pending'], [], 'unknown']);
  });
});

describe('a paused run', () => {
  test('goes on when it is resumed, and finishes what runs meanwhile', () => {
    const view = begun([operation('a'), operation('b', ['a'])]);
    start(view, 0);
    expect(typesOf(view, { type: 'pause', reason: 'x' })).toEqual(['run.paused']);
    expect(typesOf(view, { type: 'pause', reason: 'x' })).toEqual([]);
    expect(typesOf(view, ended(0, completed))).toEqual(['task.completed']);
    expect(view.state.status).toBe('paused');
    expect(typesOf(view, { type: 'resume' })).toEqual(['run.resumed']);
    expect(typesOf(view, { type: 'resume' })).toEqual([]);
  });

  test('has ended when nothing is left to do', () => {
    const view = begun([operation('a')]);
    start(view, 0);
    advance(view, { type: 'pause', reason: 'x' }, 1);
    advance(view, ended(0, completed), 2);
    expect(view.state.status).toBe('completed');
  });

  test('can be cancelled', () => {
    const view = begun([operation('a')]);
    advance(view, { type: 'pause', reason: 'x' }, 1);
    advance(view, { type: 'cancel', reason: 'x' }, 2);
    expect(view.state.status).toBe('cancelled');
  });
});

describe('doing again', () => {
  test('reopens the run, and what was skipped waits for what failed', () => {
    const view = begun([...chain(), operation('d')]);
    start(view, 0);
    start(view, 3);
    advance(view, ended(0, failed), 1);
    advance(view, ended(3, completed), 1);
    expect(view.state.status).toBe('failed');
    advance(view, { type: 'redo', tasks: [0, 1, 2], reason: 'retry' }, 2);
    expect([view.state.status, statuses(view), ready(view)]).toEqual([
      'running',
      ['pending', 'pending', 'pending', 'completed'],
      [0],
    ]);
    for (const task of [0, 1, 2]) {
      start(view, task);
      advance(view, ended(task, completed), 3);
    }
    expect([view.state.status, view.tasks[0]?.attempts]).toEqual(['completed', 2]);
  });

  test('gives a task its retries anew', () => {
    const view = begun([operation('a', [], 2)]);
    for (const fence of ['1', '2']) {
      start(view, 0, fence);
      advance(view, ended(0, failed, fence), 1);
    }
    expect(view.state.status).toBe('failed');
    advance(view, { type: 'redo', tasks: [0], reason: 'retry' }, 2);
    start(view, 0, '3');
    expect(typesOf(view, ended(0, failed, '3'))).toEqual(['task.retrying']);
  });

  test('what was done already makes what depends on it wait again', () => {
    const view = begun(chain());
    for (const task of [0, 1, 2]) {
      start(view, task);
      advance(view, ended(task, completed), 1);
    }
    advance(view, { type: 'redo', tasks: [1, 2], reason: 'from b' }, 2);
    expect([statuses(view), ready(view)]).toEqual([['completed', 'pending', 'pending'], [1]]);
  });

  test('of an attempt that vanished has an end', () => {
    const view = begun([operation('a')]);
    const redo: AttemptOutcome = { kind: 'redo', failure: failure('outcome_unknown', 'vanished') };
    for (let attempt = 1; attempt < 10; attempt++) {
      start(view, 0, `${attempt}`);
      expect(typesOf(view, ended(0, redo, `${attempt}`))).toEqual(['task.retrying']);
    }
    start(view, 0, 'last');
    expect(typesOf(view, ended(0, redo, 'last'))).toEqual(['task.unknown', 'run.finished']);
  });
});

describe('an answer to what was unknown', () => {
  const unknown = (): RunView => {
    const view = begun(chain());
    start(view, 0);
    advance(view, ended(0, lost), 1);
    return view;
  };
  const answer = (as: 'completed' | 'failed'): Input => ({
    type: 'resolve',
    task: 0,
    as,
    message: null,
    result: { ip: 1 },
  });

  test('completed: what depends on it goes on', () => {
    const view = unknown();
    expect(typesOf(view, answer('completed'))).toEqual(['run.reopened', 'task.resolved']);
    expect([view.state.status, ready(view), view.counts.unknown]).toEqual(['running', [1], 0]);
    expect(typesOf(view, answer('completed'))).toEqual([]);
  });

  test('failed: what depends on it is skipped, and the run is failed', () => {
    const view = unknown();
    advance(view, answer('failed'), 2);
    expect([view.state.status, statuses(view)]).toEqual(['failed', ['failed', 'skipped', 'skipped']]);
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
    for (let step = 0; step < 80; step++) {
      const { status } = view.state;
      if (status === 'paused' && random(3) === 0) feed({ type: 'resume' });
      if (isOutcome(status)) {
        const bad = [...view.tasks.entries()].flatMap(([task, state]) => (state.status === 'completed' ? [] : [task]));
        const unknown = bad.find((task) => view.tasks[task]?.status === 'unknown');
        if (unknown === undefined) feed({ type: 'redo', tasks: bad, reason: 'again' });
        else
          feed({
            type: 'resolve',
            task: unknown,
            as: random(2) === 0 ? 'completed' : 'failed',
            message: null,
            result: {},
          });
      }
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
      } else if (view.running.size > 0 && random(4) === 0) {
        const task = [...view.running][random(view.running.size)] ?? 0;
        const state = view.tasks[task];
        const child = `c${random(2)}`;
        feed({ type: random(2) === 0 ? 'wait' : 'waited', task, child });
        // As the loop does it, when there is a slot.
        const event = { type: 'task.resumed', task, child } as const;
        const mayResume = state !== undefined && view.tasks[task] === state && waitsOf(state).includes(child);
        const resumed = mayResume && random(2) === 0 ? [view, copy] : [];
        resumed.forEach((one) => applyEvent(one, event, now));
      } else if (view.running.size > 0) {
        const task = [...view.running][random(view.running.size)] ?? 0;
        const state = view.tasks[task];
        const fence = state?.status === 'running' ? state.fence : '';
        const redo: AttemptOutcome = { kind: 'redo', failure: failure('outcome_unknown', 'x') };
        const outcomes: AttemptOutcome[] = [completed, completed, failed, lost, redo, { kind: 'revoked', reason: 'r' }];
        const rare: Input[] = [{ type: 'cancel', reason: 'x' }, { type: 'pause', reason: 'x' }, { type: 'resume' }];
        const outcome = outcomes[random(outcomes.length)] ?? completed;
        feed(random(10) === 0 ? (rare[random(3)] ?? { type: 'resume' }) : ended(task, outcome, fence));
      }
    }
    expect(copy.tasks, `round ${round}`).toEqual(view.tasks);
    expect(copy.state).toEqual(view.state);
    expect(new Set(ready(copy))).toEqual(new Set(ready(view)));
    expect([copy.waiting, copy.counts]).toEqual([view.waiting, view.counts]);
    const fresh = createView({ id: 'r', workflow: view.workflow, state: view.state, tasks: view.tasks });
    expect([fresh.waiting, fresh.counts]).toEqual([view.waiting, view.counts]);
  }
});
