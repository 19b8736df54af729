import { expect, test } from 'vitest';
import type { Needs } from '../../src/scheduler/needs.ts';
import { AGE_MS, Queue } from '../../src/scheduler/queue.ts';
import { below, pick, randomOf } from '../rig/random.ts';

interface Task {
  readonly name: string;
  readonly run: number;
  readonly task: number;
  readonly weight: number;
  readonly needs: Needs;
}

interface World {
  readonly slots: number;
  readonly parallelLimits: readonly (number | undefined)[];
  readonly poolLimits: readonly (readonly number[])[];
}

function worldOf(random: () => number): World {
  const runs = 1 + below(random, 4);
  return {
    slots: 1 + below(random, 6),
    parallelLimits: Array.from({ length: runs }, () => (random() < 0.5 ? undefined : 1 + below(random, 3))),
    poolLimits: Array.from({ length: runs }, () => [1 + below(random, 3), 1 + below(random, 3)]),
  };
}

function taskOf(random: () => number, world: World, serial: number): Task {
  const run = below(random, world.parallelLimits.length);
  const keys = ['x', 'y', 'z'].filter(() => random() < 0.2);
  const number = below(random, 4);
  const limit = world.poolLimits[run]?.[number];
  const pool =
    limit === undefined ? undefined : { name: `p${number}`, settings: { limit, rate_per_second: null, burst: 1 } };
  return { name: `${run}/${serial}`, run, task: serial, weight: below(random, 3), needs: { keys, pool } };
}

/** What a reader of the rules would say: may this task run beside those? */
function fits(world: World, task: Task, running: readonly Task[]): boolean {
  const { keys, pool } = task.needs;
  const inRun = running.filter(({ run }) => run === task.run).length;
  const inPool = running.filter(({ needs }) => pool !== undefined && needs.pool?.name === pool.name).length;
  return (
    running.length < world.slots &&
    inRun < (world.parallelLimits[task.run] ?? Infinity) &&
    inPool < (pool?.settings.limit ?? Infinity) &&
    !running.some(({ needs }) => needs.keys.some((key) => keys.includes(key)))
  );
}

/** The order of the rules, from scratch: every waiting task is looked at. */
function expected(world: World, waiting: readonly Task[], running: readonly Task[]): string[] {
  const started: Task[] = [];
  const order = waiting.toSorted((a, b) => b.weight - a.weight || a.run - b.run || a.task - b.task);
  for (const task of order) if (fits(world, task, [...running, ...started])) started.push(task);
  return started.map(({ name }) => name).toSorted();
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'seed %i: what the queue chooses is what the rules say, whatever happens in whatever order',
  (seed) => {
    const random = randomOf(seed);
    const world = worldOf(random);
    const queue = new Queue();
    const waiting = new Map<string, Task>();
    const running = new Map<string, Task>();
    const all = new Map<string, Task>();
    for (const [run, parallelLimit] of world.parallelLimits.entries())
      queue.open({
        id: String(run),
        parallelLimit,
        needsOf: (task) => all.get(`${run}/${task}`)?.needs ?? { keys: [], pool: undefined },
      });
    const choiceOf = ({ run, task }: Task) => ({ run: String(run), task });
    for (let step = 0; step < 120; step++) {
      const chance = random();
      if (chance < 0.5)
        for (let count = below(random, 4); count > 0; count--) {
          const task = taskOf(random, world, all.size);
          all.set(task.name, task);
          waiting.set(task.name, task);
          queue.add(choiceOf(task), task.weight, 0);
        }
      else if (chance < 0.9 && running.size > 0) {
        const task = pick(random, [...running.values()]);
        running.delete(task.name);
        queue.ended(choiceOf(task));
      } else if (waiting.size > 0) {
        const task = pick(random, [...waiting.values()]);
        waiting.delete(task.name);
        queue.remove(choiceOf(task));
      }
      const rules = expected(world, [...waiting.values()], [...running.values()]);
      const names = queue.choose(world.slots - queue.running, 0).map(({ run, task }) => `${run}/${task}`);
      expect(names.toSorted()).toEqual(rules);
      for (const name of names) {
        const task = waiting.get(name);
        if (task === undefined) throw new Error(`${name} was not waiting`);
        waiting.delete(name);
        running.set(name, task);
      }
    }
  },
);

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'seed %i: no ready task waits for ever while slots come free, and no limit is broken on the way',
  (seed) => {
    const random = randomOf(1000 + seed);
    const world = worldOf(random);
    const queue = new Queue();
    const all = new Map<string, Task>();
    const running = new Map<string, { readonly task: Task; readonly until: number }>();
    const readySince = new Map<string, number>();
    for (const [run, parallelLimit] of world.parallelLimits.entries())
      queue.open({
        id: String(run),
        parallelLimit,
        needsOf: (task) => all.get(`${run}/${task}`)?.needs ?? { keys: [], pool: undefined },
      });
    let now = 0;
    let longest = 0;
    // Tasks last a second and new ones come for an hour about as fast as slots come free, most of high priority.
    while (now < 3600_000 || running.size > 0 || readySince.size > 0) {
      now += 250;
      if (now < 3600_000 && random() < 0.12) {
        const drawn = taskOf(random, world, all.size);
        const task = random() < 0.8 ? { ...drawn, weight: 2 } : drawn;
        all.set(task.name, task);
        readySince.set(task.name, now);
        queue.add({ run: String(task.run), task: task.task }, task.weight, now);
      }
      for (const [name, { task, until }] of running)
        if (until <= now) {
          running.delete(name);
          queue.ended({ run: String(task.run), task: task.task });
        }
      for (const { run, task: serial } of queue.choose(world.slots - queue.running, now)) {
        const name = `${run}/${serial}`;
        const task = all.get(name);
        const since = readySince.get(name);
        if (task === undefined || since === undefined) throw new Error(`${name} was not waiting`);
        expect(
          fits(
            world,
            task,
            [...running.values()].map((one) => one.task),
          ),
        ).toBe(true);
        longest = Math.max(longest, now - since);
        readySince.delete(name);
        running.set(name, { task, until: now + 1000 });
      }
      if (now > 7200_000) throw new Error(`still waiting: ${[...readySince.keys()].join(', ')}`);
    }
    expect(longest).toBeLessThan(4 * AGE_MS);
  },
);
