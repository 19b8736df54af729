import { expect, test } from 'vitest';
import type { Pools } from '../../src/domain/pool.ts';
import { PRIORITIES } from '../../src/domain/priority.ts';
import type { Submission } from '../../src/domain/submission.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import type { Attempt } from '../../src/executor/request.ts';
import { command, submission, temporaryPaths } from '../rig/engine.ts';
import { below, pick, randomOf } from '../rig/random.ts';
import { COMPLETED, Simulation } from '../rig/simulation.ts';

const RETRY = { attempts: 3, backoff: 'fixed', initial_delay: 0.3, max_delay: 1 } as const;

const RATE = { rate_per_second: 5, burst: 2 };

/** A run over a random graph: each operation may depend on earlier ones, take from a pool and hold mutexes. */
function workOf(random: () => number, run: number): Submission {
  const pools: Pools = {
    narrow: { limit: 1 + below(random, 2), rate_per_second: null, burst: 1 },
    wide: { limit: 2 + below(random, 3), rate_per_second: null, burst: 1 },
    slow: { limit: 3, ...RATE },
  };
  const operations = Array.from({ length: 3 + below(random, 15) }, (_, index): Operation => {
    const earlier = Array.from({ length: index }, (_unused, before) => `t${before}`);
    const dependencies = earlier.filter(() => random() < 1.5 / (index + 1));
    const pool = random() < 0.5 ? pick(random, Object.keys(pools)) : undefined;
    const mutex = ['x', 'y', 'z'].filter(() => random() < 0.15);
    const retry = random() < 0.3 ? { retry: RETRY } : {};
    return command(`t${index}`, ['true'], { dependencies, pool, mutex, priority: pick(random, PRIORITIES), ...retry });
  });
  const base = submission(operations, { settings: { task_timeout_seconds: 0, env_vars: {}, pools } });
  const limit = random() < 0.5 ? {} : { parallel_limit: 1 + below(random, 3) };
  return { ...base, key: `${base.key}-${run}`, workflow: { ...base.workflow, ...limit } };
}

/** The rules that a start breaks, read from what runs. */
function broken(world: Simulation, slots: number, started: Attempt): string[] {
  const running = [...world.running.values()].map(({ attempt }) => attempt);
  const { workflowId, operation, submission: own } = started;
  const { pool, mutex = [] } = operation;
  const inRun = running.filter((one) => one.workflowId === workflowId).length;
  const inPool = running.filter((one) => one.operation.pool === pool).length;
  const holders = (key: string): number => running.filter((one) => one.operation.mutex?.includes(key) === true).length;
  const rules = {
    slots: running.length <= slots,
    parallel_limit: inRun <= (own.workflow.parallel_limit ?? Infinity),
    pool: pool === undefined || inPool <= (own.settings.pools[pool]?.limit ?? 0),
    mutex: mutex.every((key) => holders(key) === 1),
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [`${rule}: ${operation.id} of ${workflowId}`]));
}

/** Whether there were never more than the burst and what the rate adds, however long one looks. */
const keepsRate = (times: readonly number[]): boolean =>
  times.every((from, first) =>
    times.every(
      (to, last) => last - first + 1 <= RATE.burst + ((to - from) * RATE.rate_per_second) / 1000 + 1e-6 || last < first,
    ),
  );

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'seed %i: two engines on one store never run more than any limit allows, and all that they took on ends',
  async (seed) => {
    const random = randomOf(seed);
    const home = temporaryPaths();
    const world = new Simulation(home.paths, () => ({
      ms: 1 + below(random, 700),
      outcome:
        random() < 0.8 ? COMPLETED : { kind: 'failed', failure: { code: 'work_failed', message: 'no' }, exitCode: 1 },
    }));
    try {
      const slots = 1 + below(random, 6);
      const entered: number[] = [];
      const broke: string[] = [];
      world.onStart = ({ attempt, startedAt }) => {
        broke.push(...broken(world, slots, attempt));
        if (attempt.operation.pool === 'slow') entered.push(startedAt);
      };
      const engines = [world.engine(slots), world.engine(slots)];
      const ends: Promise<unknown>[] = [];
      for (let run = 0; run < 2 + below(random, 5); run++) {
        const engine = pick(random, engines);
        const accepted = engine.submit(workOf(random, run));
        if (!accepted.ok) throw new Error(accepted.error.message);
        ends.push(engine.settled(accepted.value.id));
        if (random() < 0.3) {
          await world.until(new Promise((resolve) => setImmediate(resolve)));
          world.step();
          if (random() < 0.5) engine.cancel(accepted.value.id, 'test');
        }
      }
      await world.until(Promise.all(ends));
      expect(world.running.size).toBe(0);
      expect(broke).toEqual([]);
      expect(keepsRate(entered)).toBe(true);
    } finally {
      world.close();
      home.remove();
    }
  },
);
