import { expect, test } from 'vitest';
import type { Blocker } from '../../src/api/why.ts';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import type { RunState } from '../../src/domain/run.ts';
import { NEW_TASK } from '../../src/domain/task.ts';
import type { TaskState } from '../../src/domain/task.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { why } from '../../src/workflow/why.ts';
import type { Obstacle, Situation } from '../../src/workflow/why.ts';

const AT = Date.parse('2026-11-23T10:00:00.000Z');
const settled = { attempts: 1, startedAt: AT, finishedAt: AT };
const failure = { code: 'work_failed', message: 'no such plan' } as const;
const lost = { code: 'outcome_unknown', message: 'nobody can say' } as const;

const STATES = {
  pending: NEW_TASK,
  running: {
    status: 'running',
    attempts: 1,
    fence: 'f',
    startedAt: AT,
    attemptStartedAt: AT,
    progress: null,
    message: null,
  },
  completed: { ...settled, status: 'completed', message: null, result: {} },
  failed: { ...settled, status: 'failed', failure },
  unknown: { ...settled, status: 'unknown', failure: lost },
  cancelled: { ...settled, status: 'cancelled' },
  retrying: { status: 'pending', attempts: 1, startedAt: AT, notBefore: AT + 5000, lastFailure: failure },
} as const satisfies Record<string, TaskState>;

const RUNNING: RunState = { status: 'running', startedAt: AT };
const ended = (status: 'failed' | 'unknown' | 'completed' | 'cancelled'): RunState => ({
  status,
  startedAt: AT,
  finishedAt: AT,
});

/** `{ app: ['pending', 'k8s'] }`: a state, and what the task depends on. */
type Tasks = Readonly<Record<string, readonly [state: keyof typeof STATES | TaskState, ...needs: string[]]>>;

function situation(tasks: Tasks, more: Partial<Situation> & { parallel_limit?: number } = {}): Situation {
  const operations = Object.entries(tasks).map(([id, [, ...dependencies]]): Operation => {
    const params = { argv: ['true'] };
    return { id, type: 'command.run', params, dependencies, priority: 'normal', retry: ONE_ATTEMPT };
  });
  return {
    id: 'R',
    workflow: {
      name: 'w',
      infra: 'i',
      rollback_enabled: false,
      operations,
      parallel_limit: more.parallel_limit,
    },
    state: RUNNING,
    tasks: Object.values(tasks).map(([state]) => (typeof state === 'string' ? STATES[state] : state)),
    attended: true,
    cancelReason: null,
    now: AT + 1000,
    obstacles: () => [],
    childStatus: () => undefined,
    ...more,
  };
}

const links = (of: Situation, task?: string): readonly Partial<Blocker>[] =>
  (why(of, task)?.blockers ?? []).map(({ workflow_id: _id, ...link }) => link);

const SLOT: Obstacle = { kind: 'slot', status: 'running', workflow_id: 'R', limit: 2 };

test('a chain of dependencies is followed to its root', () => {
  const of = situation({ web: ['running'], k8s: ['pending', 'web'], shop: ['pending', 'k8s'] });
  expect(why(of, 'shop')).toMatchObject({ task: 'shop', status: 'pending', attended: true, truncated: false });
  expect(links(of, 'shop')).toEqual([
    { kind: 'dependency', blocks: 'shop', task: 'k8s', status: 'pending' },
    { kind: 'dependency', blocks: 'k8s', task: 'web', status: 'running' },
    { kind: 'running', blocks: 'web', task: 'web', status: 'running', since: '2026-11-23T10:00:00.000Z' },
  ]);
});

test('a task that could start is held up by what the world lacks, and by the limit of its run', () => {
  const tasks: Tasks = { a: ['running'], b: ['pending'] };
  expect(links(situation(tasks), 'b')).toEqual([{ kind: 'ready', status: 'pending', blocks: 'b', task: 'b' }]);
  expect(links(situation(tasks, { obstacles: () => [SLOT] }), 'b')).toEqual([
    { kind: 'slot', status: 'running', limit: 2, blocks: 'b' },
  ]);
  expect(links(situation(tasks, { parallel_limit: 1 }), 'b')).toMatchObject([{ kind: 'parallel_limit', limit: 1 }]);
  expect(links(situation(tasks, { parallel_limit: 2 }), 'b')).toMatchObject([{ kind: 'ready' }]);
});

test('a retry is waited for until its time, and not after it', () => {
  const of = situation({ a: ['retrying'] });
  expect(links(of, 'a')).toEqual([
    {
      kind: 'retry',
      status: 'pending',
      blocks: 'a',
      task: 'a',
      until: '2026-11-23T10:00:05.000Z',
      message: failure.message,
    },
  ]);
  expect(links({ ...of, now: AT + 5000 }, 'a')).toMatchObject([{ kind: 'ready' }]);
});

test('what nobody knows waits for a person, and so does what depends on it', () => {
  const of = situation({ a: ['unknown'], b: ['pending', 'a'] }, { state: ended('unknown') });
  expect(links(of, 'b')).toMatchObject([
    { kind: 'dependency', blocks: 'b', task: 'a', status: 'unknown' },
    { kind: 'unknown', status: 'unknown', task: 'a', message: lost.message },
  ]);
  expect(links(of)).toMatchObject([{ kind: 'unknown', task: 'a' }]);
});

test('a paused run and one without an engine hold up all that could start', () => {
  const tasks: Tasks = { a: ['running'], b: ['pending'], c: ['pending'] };
  const paused: RunState = { status: 'paused', startedAt: AT, since: AT, reason: 'lunch' };
  expect(links(situation(tasks, { state: paused, obstacles: () => [SLOT] }), 'b')).toMatchObject([
    { kind: 'paused', status: 'paused', message: 'lunch', blocks: 'b' },
  ]);
  expect(links(situation(tasks, { attended: false }), 'b')).toEqual([
    { kind: 'unattended', status: 'running', blocks: 'b' },
  ]);
  expect(links(situation(tasks, { attended: false })).map(({ kind }) => kind)).toEqual(['unattended', 'running']);
});

test('an ended task says how it ended, and a skipped one because of whom', () => {
  const skipped = (because: string): TaskState => ({ ...settled, status: 'skipped', because });
  const of = situation(
    { a: ['failed'], b: [skipped('a'), 'a'], c: [skipped('b'), 'b'], d: ['completed'] },
    { state: ended('failed') },
  );
  expect(links(of, 'c')).toMatchObject([
    { kind: 'skipped', blocks: 'c', task: 'b', status: 'skipped' },
    { kind: 'skipped', blocks: 'b', task: 'a', status: 'failed' },
    { kind: 'failed', blocks: 'a', task: 'a', message: 'no such plan' },
  ]);
  expect(links(of, 'd')).toEqual([]);
  expect(links(of)).toMatchObject([{ kind: 'failed', task: 'a' }]);
  const cancelled = situation({ a: ['cancelled'] }, { state: ended('cancelled'), cancelReason: 'too dear' });
  expect(links(cancelled, 'a')).toMatchObject([{ kind: 'cancelled', message: 'too dear' }]);
  expect(links(cancelled)).toMatchObject([{ kind: 'cancelled', status: 'cancelled', message: 'too dear' }]);
});

test('a task that the run does not have has no answer', () => {
  expect(why(situation({ a: ['pending'] }), 'b')).toBeUndefined();
});

test('a long chain and a wide run are cut short, and say so', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, n) => [`t${n}`, n === 0 ? ['running'] : ['pending', `t${n - 1}`]]),
  ) as unknown as Tasks;
  expect(why(situation(chain), 't19999')).toMatchObject({ truncated: true, blockers: { length: 50 } });
  const skips = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, n) => {
      const state: TaskState = n === 0 ? STATES.failed : { ...settled, status: 'skipped', because: `t${n - 1}` };
      return [`t${n}`, [state]];
    }),
  ) as unknown as Tasks;
  expect(why(situation(skips, { state: ended('failed') }), 't19999')?.truncated).toBe(true);
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`t${n}`, ['pending']])) as unknown as Tasks;
  expect(why(situation(wide))).toMatchObject({ truncated: true, blockers: { length: 50 } });
  expect(links(situation(wide, { obstacles: () => [SLOT] }))).toEqual([
    { kind: 'slot', status: 'running', limit: 2, blocks: 't0' },
  ]);
});

const waiting = (...waitsFor: string[]): TaskState => ({ ...STATES.running, waitsFor });

test('a task that waits for its child runs names those that have not ended', () => {
  const childStatus = (run: string): RunState['status'] => (run === 'C1' ? 'completed' : 'paused');
  expect(why(situation({ a: [waiting('C1', 'C2')] }, { childStatus }), 'a')?.blockers).toEqual([
    { kind: 'child', status: 'paused', blocks: 'a', workflow_id: 'C2' },
  ]);
});

test('a task whose child run has ended lacks a slot to go on', () => {
  const more = { childStatus: () => 'completed' as const, obstacles: () => [SLOT] };
  expect(links(situation({ a: [waiting('C')] }, more), 'a')).toMatchObject([{ kind: 'slot' }, { kind: 'running' }]);
});

test('a task that waits for its child run takes none of the run’s places', () => {
  const tasks = { a: [waiting('C')], b: ['pending'] } as const;
  expect(links(situation(tasks, { parallel_limit: 1 }), 'b')).toMatchObject([{ kind: 'ready' }]);
});

test('a task that runs already is not held back because its run is paused', () => {
  const paused: RunState = { status: 'paused', startedAt: AT, since: AT, reason: 'lunch' };
  expect(links(situation({ a: ['running'] }, { state: paused }), 'a')).toMatchObject([{ kind: 'running' }]);
});

const PUT_BACK: TaskState = {
  status: 'pending',
  attempts: 0,
  startedAt: null,
  notBefore: 0,
  lastFailure: null,
  putBack: 'too many files',
};

test('a task whose start was put off is ready, and why it was put off is said', () => {
  const tasks: Tasks = { a: ['running'], b: [PUT_BACK] };
  expect(links(situation(tasks), 'b')).toMatchObject([{ kind: 'ready', blocks: 'b', message: 'too many files' }]);
});
