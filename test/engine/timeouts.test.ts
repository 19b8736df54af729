import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunState } from '../../src/domain/run.ts';
import type { Operation, Workflow } from '../../src/domain/workflow.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { command, submission, temporaryPaths } from '../rig/engine.ts';
import { COMPLETED, Simulation } from '../rig/simulation.ts';

let home: ReturnType<typeof temporaryPaths>;
let world: Simulation;
let began: number;

/** Operations are named after the milliseconds that they take: `x-500`. */
const msOf = (id: string): number => Number(id.split('-')[1]);

beforeEach(() => {
  home = temporaryPaths();
  world = new Simulation(home.paths, ({ operation }) => ({ ms: msOf(operation.id), outcome: COMPLETED }));
  began = world.now;
});

afterEach(() => {
  world.close();
  home.remove();
});

function begin(engine: Engine, operations: readonly Operation[], more: Partial<Workflow> = {}): string {
  const work = submission(operations, { settings: { task_timeout_seconds: 0, env_vars: {}, pools: {} } });
  const accepted = engine.submit({ ...work, workflow: { ...work.workflow, ...more } });
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

const task = (id: string, ...dependencies: string[]): Operation => command(id, ['true'], { dependencies });

function stateOf(id: string): RunState {
  const run = world.load(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  return run.state;
}

const statuses = (id: string): string[] | undefined => world.load(id)?.tasks.map(({ state }) => state.status);

test('a run that is over its time is ended, with what of it runs and what waits, and says why', async () => {
  const engine = world.engine(10);
  const id = begin(engine, [task('a-500'), task('b-9000'), task('c-1', 'b-9000')], { timeout: 2 });
  await world.until(engine.settled(id));
  expect(world.now - began).toBe(2000);
  expect(statuses(id)).toEqual(['completed', 'cancelled', 'cancelled']);
  expect(stateOf(id)).toMatchObject({
    status: 'cancelled',
    failure: { code: 'timed_out', message: 'the run took more than 2 s' },
  });
});

test('a run that ends in time says nothing of it, and one that waits for its slot is not measured by its timeout', async () => {
  const engine = world.engine(1);
  const first = begin(engine, [task('a-5000')]);
  const second = begin(engine, [task('b-1000')], { timeout: 2 });
  await world.until(Promise.all([engine.settled(first), engine.settled(second)]));
  expect(world.now - began).toBe(6000);
  expect(stateOf(second)).toEqual(expect.not.objectContaining({ failure: expect.anything() }));
});

test('a run that no task of could start in time is ended', async () => {
  const engine = world.engine(1);
  const first = begin(engine, [task('a-5000')]);
  const second = begin(engine, [task('b-1')], { queue_timeout: 3 });
  await world.until(engine.settled(second));
  expect(world.now - began).toBe(3000);
  expect(stateOf(second)).toMatchObject({
    status: 'cancelled',
    failure: { code: 'timed_out', message: 'no task could start for 3 s' },
  });
  await world.until(engine.settled(first));
  expect(stateOf(first).status).toBe('completed');
});

test('once a task has started, the queue timeout means nothing any more', async () => {
  const engine = world.engine(1);
  const id = begin(engine, [task('a-5000'), task('b-5000')], { queue_timeout: 3 });
  await world.until(engine.settled(id));
  expect(stateOf(id).status).toBe('completed');
});

test('the time of a run goes on while nobody attends to it, and whoever takes it over ends it', async () => {
  const first = world.engine(10);
  const id = begin(first, [task('a-9000')], { timeout: 5 });
  await world.pass(2000);
  await world.end(first);
  const second = world.engine(10);
  await world.pass(1000);
  expect(second.recover()).toBe(1);
  await world.until(second.settled(id));
  expect(world.now - began).toBe(5000);
  expect(stateOf(id)).toMatchObject({ status: 'cancelled', failure: { code: 'timed_out' } });
});

test('a paused run is not measured, and has the rest of its time when it goes on', async () => {
  const engine = world.engine(10);
  const id = begin(engine, [task('a-1000'), task('b-9000', 'a-1000')], { timeout: 5 });
  await world.pass(500);
  expect(engine.pause(id, 'test').ok).toBe(true);
  await world.pass(60_000);
  expect(stateOf(id).status).toBe('paused');
  expect(engine.resume(id).ok).toBe(true);
  await world.until(engine.settled(id));
  expect(world.now - began).toBe(65_000);
});

test('a run that timed out can be retried, and has its whole time again', async () => {
  const engine = world.engine(10);
  const id = begin(engine, [task('a-3000'), task('b-3000', 'a-3000')], { timeout: 5 });
  await world.until(engine.settled(id));
  expect(statuses(id)).toEqual(['completed', 'cancelled']);
  await world.pass(100_000);
  expect(engine.retry(id, {}).ok).toBe(true);
  await world.until(engine.settled(id));
  expect(stateOf(id)).toEqual(expect.not.objectContaining({ failure: expect.anything() }));
  expect(statuses(id)).toEqual(['completed', 'completed']);
});

test('no time is up because the machine was suspended', async () => {
  const engine = world.engine(10);
  const long = begin(engine, [{ ...task('a-9000'), timeout: 1000 }], { timeout: 1000 });
  const waiting = begin(engine, [{ ...task('b-9000'), timeout: 5 }]);
  const timed = begin(engine, [task('c-9000')], { timeout: 6 });
  await world.pass(1000);
  world.suspend(8 * 3600_000);
  const late = begin(engine, [task('d-9000')], { timeout: 7 });
  const resumed = world.now;
  const ends = [long, waiting, timed, late].map(async (id) => {
    await engine.settled(id);
    return world.now - resumed;
  });
  await world.until(Promise.all(ends));
  expect(await Promise.all(ends)).toEqual([8000, 4000, 5000, 7000]);
  expect(statuses(long)).toEqual(['completed']);
  expect(statuses(waiting)).toEqual(['failed']);
});

test('an attempt that is over its own time fails the task, not the run', async () => {
  const engine = world.engine(10);
  const id = begin(engine, [{ ...task('a-9000'), timeout: 1 }], { timeout: 5 });
  await world.until(engine.settled(id));
  expect(world.now - began).toBe(1000);
  expect(stateOf(id)).toEqual(expect.not.objectContaining({ failure: expect.anything() }));
  expect(statuses(id)).toEqual(['failed']);
});
