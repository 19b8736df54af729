import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pools } from '../../src/domain/pool.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import type { Submission } from '../../src/domain/submission.ts';
import { waitsOf } from '../../src/domain/task.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Attempt } from '../../src/executor/request.ts';
import { command, submission, temporaryPaths } from '../rig/engine.ts';
import { below, pick, randomOf } from '../rig/random.ts';
import { COMPLETED, Simulation } from '../rig/simulation.ts';

interface Nested {
  readonly what: readonly Submission[];
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly after?: number;
}

const FOR_EVER = new AbortController().signal;

let home: ReturnType<typeof temporaryPaths>;
let world: Simulation;
let engine: Engine;
/** What happened, in order: `id starts`, `id goes on`. */
let told: string[];
/** Operation → what its task submits, and whether it waits for it. */
let children: Record<string, Nested>;

beforeEach(() => {
  home = temporaryPaths();
  [told, children] = [[], {}];
  world = new Simulation(home.paths, (attempt) => ({ ms: 100, outcome: COMPLETED, after: childrenOf(attempt) }));
  world.onStart = ({ attempt }) => told.push(`${attempt.operation.id} starts`);
});

afterEach(() => {
  world.close();
  home.remove();
});

/** Submits what the task has to submit, all at once, and resolves when it may go on. */
function childrenOf(attempt: Attempt): Promise<unknown> | undefined {
  const mine = children[attempt.operation.id];
  return mine === undefined ? undefined : afterThisTurn().then(() => nestedIn(attempt, mine));
}

/** A task's process never does anything within the turn that starts it. */
const afterThisTurn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

function nestedIn(attempt: Attempt, mine: Nested): Promise<unknown> {
  return Promise.all(
    mine.what.map(async (what) => {
      if (mine.after !== undefined) await world.later(mine.after);
      const id = submit(what, attempt.taskId);
      const waited = await engine.wait(attempt.taskId, id, mine.signal ?? FOR_EVER);
      expect(waited.ok).toBe(true);
      told.push(`${attempt.operation.id} goes on`);
    }),
  );
}

function submit(what: Submission, parent?: string): string {
  const accepted = engine.submit({ ...what, parent });
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

const work = (operations: readonly Operation[], pools: Pools = {}): Submission =>
  submission(operations, { settings: { task_timeout_seconds: 0, env_vars: {}, pools } });
const task = (id: string, more: Partial<Operation> = {}): Operation => command(id, ['true'], more);
const statusOf = (id: string): string | undefined => world.load(id)?.state.status;

async function ends(id: string): Promise<string | undefined> {
  await world.until(engine.settled(id));
  return statusOf(id);
}

describe('with one slot', () => {
  test('a task that waits for its child run lets it have the slot, and gets it back', async () => {
    engine = world.engine(1);
    children = { parent: { what: [work([task('child'), task('grown', { dependencies: ['child'] })])] } };
    expect(await ends(submit(work([task('parent'), task('next', { dependencies: ['parent'] })])))).toBe('completed');
    expect(told).toEqual(['parent starts', 'child starts', 'grown starts', 'parent goes on', 'next starts']);
  });

  test('three levels of runs end', async () => {
    engine = world.engine(1);
    children = { one: { what: [work([task('two')])] }, two: { what: [work([task('three')])] } };
    expect(await ends(submit(work([task('one')])))).toBe('completed');
    expect(told).toEqual(['one starts', 'two starts', 'three starts', 'two goes on', 'one goes on']);
  });

  test('it goes before work that came earlier, and does not wait for it to get its slot back', async () => {
    engine = world.engine(1);
    children = { parent: { what: [work([task('child')])] } };
    const parent = submit(work([task('parent')]));
    const others = submit(work([task('x'), task('y')]));
    expect([await ends(parent), await ends(others)]).toEqual(['completed', 'completed']);
    expect(told).toEqual(['parent starts', 'child starts', 'parent goes on', 'x starts', 'y starts']);
  });

  test('one that waits for two runs at once goes on with each as it ends', async () => {
    engine = world.engine(1);
    children = { parent: { what: [work([task('a')]), work([task('b'), task('c')])] } };
    expect(await ends(submit(work([task('parent')])))).toBe('completed');
    expect(told).toEqual(['parent starts', 'a starts', 'b starts', 'parent goes on', 'c starts', 'parent goes on']);
  });

  test('whoever stops waiting gets the slot back while the child run goes on', async () => {
    engine = world.engine(1);
    const patience = new AbortController();
    children = { parent: { what: [work([task('a'), task('b')])], signal: patience.signal } };
    world.onStart = ({ attempt }) => {
      told.push(`${attempt.operation.id} starts`);
      if (attempt.operation.id === 'a') patience.abort();
    };
    const parent = submit(work([task('parent')]));
    expect(await ends(parent)).toBe('completed');
    expect(told.slice(0, 3)).toEqual(['parent starts', 'a starts', 'parent goes on']);
    const child = (await runsBut(parent))[0] ?? '';
    expect(await ends(child)).toBe('completed');
  });
});

/** Ids of unfinished runs. */
const runsBut = async (parent: string): Promise<string[]> => {
  await world.pass(0);
  return world.unfinished().filter((id) => id !== parent);
};

describe('what it holds', () => {
  test('its mutexes are lent to its child run, and to that one’s, but to nobody else', async () => {
    engine = world.engine(10);
    const held = (id: string) => task(id, { mutex: ['m'] });
    children = { one: { what: [work([held('two')])] }, two: { what: [work([held('three'), held('four')])] } };
    const one = submit(work([held('one')]));
    const stranger = submit(work([held('stranger')]));
    expect([await ends(one), await ends(stranger)]).toEqual(['completed', 'completed']);
    expect(told).toEqual([
      'one starts',
      'two starts',
      'three starts',
      'four starts',
      'two goes on',
      'one goes on',
      'stranger starts',
    ]);
  });

  test('the place in a pool, and in its run, is free for others meanwhile', async () => {
    engine = world.engine(10);
    const pools = { p: { limit: 1, rate_per_second: null, burst: 1 } };
    const child = [task('first', { mutex: ['m'] }), task('second', { pool: 'p', dependencies: ['first'] })];
    children = { parent: { what: [work(child, pools)], after: 100_000 } };
    const parent = submit(work([task('parent', { mutex: ['m'] })], pools));
    const greedy = submit(work([task('greedy', { pool: 'p', mutex: ['m'] })], pools));
    expect([await ends(parent), await ends(greedy)]).toEqual(['completed', 'completed']);
    expect(told).toEqual(['parent starts', 'first starts', 'second starts', 'parent goes on', 'greedy starts']);
  });
});

describe('its end', () => {
  test('cancelling the parent cancels the child run that it waits for, and that one’s', async () => {
    engine = world.engine(1);
    children = { one: { what: [work([task('two')])] }, two: { what: [work([task('three')])] } };
    const one = submit(work([task('one')]));
    await world.pass(50);
    const open = world.unfinished();
    expect(open).toHaveLength(3);
    engine.cancel(one, 'enough');
    for (const id of open) expect(await ends(id)).toBe('cancelled');
  });

  test('a parent that is over its time takes its child run with it', async () => {
    engine = world.engine(2);
    children = { parent: { what: [work([task('child')])] } };
    world.script = (attempt) => ({ ms: 5000, outcome: COMPLETED, after: childrenOf(attempt) });
    const parent = submit(work([task('parent', { timeout: 1 })]));
    await world.pass(50);
    const child = world.unfinished().find((id) => id !== parent) ?? '';
    expect([await ends(parent), await ends(child)]).toEqual(['failed', 'cancelled']);
  });

  test('a child run that fails lets its parent go on', async () => {
    engine = world.engine(1);
    world.script = (attempt) =>
      attempt.operation.id === 'child'
        ? { ms: 1, outcome: { kind: 'failed', failure: { code: 'work_failed', message: 'no' }, exitCode: 1 } }
        : { ms: 1, outcome: COMPLETED, after: childrenOf(attempt) };
    children = { parent: { what: [work([task('child')])] } };
    expect(await ends(submit(work([task('parent')])))).toBe('completed');
  });

  test('a task waits for runs that it submitted, and for no others', async () => {
    engine = world.engine(2);
    const stranger = submit(work([task('stranger')]));
    let answer: unknown;
    world.script = (attempt) => ({
      ms: 1,
      outcome: COMPLETED,
      after: afterThisTurn()
        .then(() => engine.wait(attempt.taskId, stranger, FOR_EVER))
        .then((how) => (answer = how)),
    });
    expect(await ends(submit(work([task('parent')])))).toBe('completed');
    expect(answer).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });
});

describe('when the engine dies', () => {
  test('the next one finds the task waiting, gives its slot to the child run, and back', async () => {
    const first = world.engine(1);
    engine = first;
    children = { parent: { what: [work([task('child')])] } };
    const parent = submit(work([task('parent')]));
    await world.pass(50);
    const child = world.unfinished().find((id) => id !== parent) ?? '';
    await world.end(first);
    engine = world.engine(1);
    engine.recover();
    await world.until(engine.settled(child));
    await world.pass(10);
    const state = world.load(parent)?.tasks[0]?.state;
    expect(state).toMatchObject({ status: 'running' });
    expect(state === undefined ? [] : waitsOf(state)).toEqual([]);
    engine.cancel(parent, 'the one who waited is not there any more');
    expect(await ends(parent)).toBe('cancelled');
  });

  test('a child run that had ended by then is not waited for', async () => {
    const first = world.engine(1);
    engine = first;
    children = { parent: { what: [work([task('child')])] } };
    const parent = submit(work([task('parent')]));
    await world.pass(50);
    const child = world.unfinished().find((id) => id !== parent) ?? '';
    const settled = engine.settled(child);
    await world.until(settled);
    await world.end(first);
    engine = world.engine(1);
    engine.recover();
    await world.pass(10);
    const state = world.load(parent)?.tasks[0]?.state;
    expect(state === undefined ? [] : waitsOf(state)).toEqual([]);
    engine.cancel(parent, 'enough');
    await ends(parent);
  });
});

/** Random work whose tasks submit random work, and wait for it. */
function treeOf(random: () => number, depth: number): Submission {
  const pools: Pools = { narrow: { limit: 1, rate_per_second: null, burst: 1 } };
  const operations = Array.from({ length: 1 + below(random, 3) }, (_, index): Operation => {
    const id = `d${depth}t${index}`;
    // One only: whoever waits for a run that needs what another such task holds may wait for ever, as with any locks.
    const mutex = random() < 0.3 ? ['x'] : [];
    const pool = random() < 0.3 ? { pool: 'narrow' } : {};
    const nested = depth < 3 && random() < 0.5;
    const params = { argv: ['true'], nested: nested ? 1 + below(random, 2) : 0 };
    return { ...task(id, { mutex, ...pool }), params };
  });
  const made = work(operations, pools);
  const limit = random() < 0.3 ? { parallel_limit: 1 } : {};
  return { ...made, workflow: { ...made.workflow, ...limit } };
}

/** The rules that are broken just now, read from what runs and does not wait. */
function broken(slots: number): string[] {
  const active = [...world.running.values()].filter(({ attempt }) => {
    const run = world.load(attempt.workflowId);
    const index = run?.tasks.findIndex(({ taskId }) => taskId === attempt.taskId) ?? -1;
    const state = run?.tasks[index]?.state;
    return state?.status === 'running' && waitsOf(state).length === 0;
  });
  const holders = active.filter(({ attempt }) => attempt.operation.mutex?.includes('x') === true).length;
  const inPool = active.filter(({ attempt }) => attempt.operation.pool === 'narrow').length;
  return [
    ...(active.length > slots ? ['slots'] : []),
    ...(holders > 1 ? ['mutex'] : []),
    ...(inPool > 1 ? ['pool'] : []),
  ];
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'seed %i: however runs are nested, no limit is broken and every run ends',
  async (seed) => {
    const random = randomOf(seed);
    const slots = 1 + below(random, 3);
    engine = world.engine(slots);
    const wrong: string[] = [];
    world.script = (attempt) => ({
      ms: 1 + below(random, 500),
      outcome:
        random() < 0.9 ? COMPLETED : { kind: 'failed', failure: { code: 'work_failed', message: 'no' }, exitCode: 1 },
      after: nestedOf(attempt, random),
    });
    world.onStart = () => wrong.push(...broken(slots));
    const roots = Array.from({ length: 1 + below(random, 4) }, () => submit(treeOf(random, 0)));
    for (const root of roots) await world.until(engine.settled(root));
    expect(wrong).toEqual([]);
    expect(roots.map((root) => isOutcome(statusOf(root) ?? ''))).toEqual(roots.map(() => true));
    expect(world.unfinished()).toEqual([]);
  },
);

/** One after the other, or all at once. */
async function nestedOf(attempt: Attempt, random: () => number): Promise<void> {
  await afterThisTurn();
  const depth = Number(/^d(\d)/.exec(attempt.operation.id)?.[1] ?? 0);
  const count = Number(attempt.operation.params['nested'] ?? 0);
  const one = async (): Promise<unknown> => {
    const id = submit(treeOf(random, depth + 1), attempt.taskId);
    return engine.wait(attempt.taskId, id, FOR_EVER);
  };
  if (pick(random, [true, false])) for (let done = 0; done < count; done++) await one();
  else await Promise.all(Array.from({ length: count }, one));
}
