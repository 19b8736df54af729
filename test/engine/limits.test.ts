import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pools } from '../../src/domain/pool.ts';
import type { Submission } from '../../src/domain/submission.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { command, submission, temporaryPaths } from '../rig/engine.ts';
import { COMPLETED, Simulation } from '../rig/simulation.ts';

let home: ReturnType<typeof temporaryPaths>;
let world: Simulation;
/** `id@milliseconds` of every start since the first. */
let starts: string[];

beforeEach(() => {
  home = temporaryPaths();
  world = new Simulation(home.paths, () => ({ ms: 100, outcome: COMPLETED }));
  starts = [];
  let first: number | undefined;
  world.onStart = ({ attempt, startedAt }) => {
    first ??= startedAt;
    starts.push(`${attempt.operation.id}@${startedAt - first}`);
  };
});

afterEach(() => {
  world.close();
  home.remove();
});

const work = (operations: readonly Operation[], pools: Pools = {}): Submission =>
  submission(operations, { settings: { task_timeout_seconds: 0, env_vars: {}, pools } });
const task = (id: string, more: Partial<Operation> = {}): Operation => command(id, ['true'], more);

function submit(engine: Engine, what: Submission): string {
  const accepted = engine.submit(what);
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

const begin = (engine: Engine, what: Submission): Promise<unknown> => engine.settled(submit(engine, what));

describe('a mutex', () => {
  test('has one holder over all runs of an engine, and does not stand in the way of others', async () => {
    const engine = world.engine(10);
    const first = begin(engine, work([task('a', { mutex: ['db'] }), task('b', { mutex: ['db'] }), task('c')]));
    const second = begin(engine, work([task('d', { mutex: ['x'] }), task('e', { mutex: ['x', 'db'] })]));
    await world.until(Promise.all([first, second]));
    expect(starts).toEqual(['a@0', 'c@0', 'd@0', 'b@100', 'e@200']);
  });

  test('has one holder over all processes', async () => {
    const here = begin(world.engine(10), work([task('a', { mutex: ['db'] })]));
    const there = begin(world.engine(10), work([task('b', { mutex: ['db'] }), task('c')]));
    await world.until(Promise.all([here, there]));
    expect(starts.toSorted()).toEqual(['a@0', 'b@250', 'c@0']);
  });

  test('is free again when its holder has ended, even if nobody attended to that any more', async () => {
    const first = world.engine(10);
    const id = submit(first, work([task('a', { mutex: ['db'] }), task('b', { dependencies: ['a'] })]));
    await world.pass(50);
    await world.end(first);
    const second = world.engine(10);
    await world.until(begin(second, work([task('c', { mutex: ['db'] })])));
    expect(starts).toEqual(['a@0', 'c@100']);
    expect(world.load(id)?.tasks.map(({ state }) => state.status)).toEqual(['completed', 'pending']);
    second.recover();
    await world.until(second.settled(id));
    expect(world.load(id)?.state.status).toBe('completed');
  });

  test('never means a server of the same name', async () => {
    const engine = world.engine(10);
    const server = { ...task('web-1', { mutex: ['x'] }), type: 'server.create' };
    const key = [submission([]).workspace, 'default', 'server', 'web-1'].join('|');
    await world.until(begin(engine, work([server, task('b', { mutex: [key] })])));
    expect(starts).toEqual(['web-1@0', 'b@0']);
  });
});

describe('a pool', () => {
  const inPool = (id: string): Operation => task(id, { pool: 'aws' });
  const limited = (limit: number): Pools => ({ aws: { limit, rate_per_second: null, burst: 1 } });

  test('has no more tasks in it than its limit, and does not stand in the way of others', async () => {
    const engine = world.engine(10);
    await world.until(begin(engine, work([inPool('a'), inPool('b'), inPool('c'), task('d')], limited(2))));
    expect(starts).toEqual(['a@0', 'b@0', 'd@0', 'c@100']);
  });

  test('is limited over all processes, each run by what it knew when it was submitted', async () => {
    const here = begin(world.engine(10), work([inPool('a'), inPool('b')], limited(5)));
    const there = begin(world.engine(10), work([inPool('c'), inPool('d')], limited(3)));
    await world.until(Promise.all([here, there]));
    expect(starts.toSorted()).toEqual(['a@0', 'b@0', 'c@0', 'd@100']);
  });

  test('is entered at its rate after its burst, and the engine sleeps meanwhile', async () => {
    const pools = { aws: { limit: 10, rate_per_second: 0.5, burst: 3 } };
    const engine = world.engine(10);
    await world.until(begin(engine, work(['a', 'b', 'c', 'd', 'e', 'f'].map(inPool), pools)));
    expect(starts).toEqual(['a@0', 'b@0', 'c@0', 'd@2000', 'e@4000', 'f@6000']);
    expect(world.commits).toBeLessThan(30);
  });

  test('keeps its rate over all processes', async () => {
    const pools = { aws: { limit: 10, rate_per_second: 1, burst: 1 } };
    const here = begin(world.engine(10), work([inPool('a'), inPool('b')], pools));
    const there = begin(world.engine(10), work([inPool('c'), inPool('d')], pools));
    await world.until(Promise.all([here, there]));
    expect(starts.map((start) => start.split('@')[1])).toEqual(['0', '1000', '2000', '3000']);
  });

  test('of which a run knows a slower rate waits for that rate, whoever enters', async () => {
    const engine = world.engine(10);
    const quick = { aws: { limit: 10, rate_per_second: 10, burst: 1 } };
    const slow = { aws: { limit: 10, rate_per_second: 1, burst: 1 } };
    const first = begin(engine, work(['a', 'b', 'c'].map(inPool), slow));
    const second = begin(engine, work(['d', 'e'].map(inPool), quick));
    await world.until(Promise.all([first, second]));
    expect(starts).toEqual(['a@0', 'd@0', 'e@100', 'b@1100', 'c@2100']);
  });
});

test('a waiting retry holds no slot, no mutex and no place in a pool', async () => {
  const failing = new Set(['a']);
  world.close();
  world = Object.assign(
    new Simulation(home.paths, ({ operation, number }) =>
      failing.has(operation.id) && number === 1
        ? { ms: 100, outcome: { kind: 'failed', failure: { code: 'work_failed', message: 'no' }, exitCode: 1 } }
        : { ms: 100, outcome: COMPLETED },
    ),
    { onStart: world.onStart },
  );
  const retry = { attempts: 2, backoff: 'fixed', initial_delay: 1, max_delay: 1 } as const;
  const shared = { pool: 'aws', mutex: ['x'] };
  const pools = { aws: { limit: 1, rate_per_second: null, burst: 1 } };
  await world.until(begin(world.engine(1), work([task('a', { ...shared, retry }), task('b', shared)], pools)));
  expect(starts).toEqual(['a@0', 'b@100', 'a@1100']);
});
