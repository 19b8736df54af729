import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { hostEngine } from '../rig/engine.ts';
import { ended, expectUnattended, KINDS, makeScene } from '../rig/crash.ts';
import { EARLIER_BOOT, isRestart, VICTIMS } from '../rig/victims.ts';
import type { Kind, Scene } from '../rig/crash.ts';
import type { Victim } from '../rig/victims.ts';
import { processesOf } from '../rig/leaks.ts';
import { below, pick, randomOf } from '../rig/random.ts';

/**
 * Kills at random moments, over runs of the shape of the reference workflow: five tasks, then one, then two. Outside CI
 * as many as fit into a minute, or PROVISIONING_TEST_KILLS. PROVISIONING_TEST_SEED repeats the choices of a run, though not
 * its exact moments.
 */
const KILLS = Number(process.env['PROVISIONING_TEST_KILLS'] ?? (process.env['CI'] === undefined ? 80 : 300));
const SEED = Number(process.env['PROVISIONING_TEST_SEED'] ?? Date.now() % 1_000_000);

/**
 * From the start of an engine's process, of which about the first half should be its own start. How long that takes
 * depends on what else the machine does: a moment in which nothing came to pass makes the next ones later, one in which
 * all was done makes them earlier. In balance, half of the kills come too early to change anything, and a tenth of the
 * processes end before theirs: those cost the most time, and do not count.
 */
const LATEST_MS = 450;
const [LATER, EARLIER] = [1.045, 0.8];

let scene: Scene;

beforeEach(() => {
  scene = makeScene();
});

afterEach(() => scene.close());

interface Planned {
  readonly key: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly operations: readonly Operation[];
}

function plan(random: () => number, number: number): Planned {
  const kinds = new Map<string, Kind>();
  const operation = (name: string, dependencies: readonly string[]): Operation => {
    const id = `${name}-${number}`;
    kinds.set(id, pick(random, KINDS));
    const made = scene.operation(id, kinds.get(id) ?? 'plain', { dependencies });
    const [sh = '', c = '', script = ''] = made.params['argv'] as readonly string[];
    return { ...made, params: { argv: [sh, c, `${script}; sleep 0.0${1 + below(random, 9)}`] } };
  };
  const servers = ['web-1', 'web-2', 'db-1', 'cache-1', 'lb-1'].map((name) => operation(name, []));
  const kubernetes = operation(
    'kubernetes',
    servers.map(({ id }) => id),
  );
  const applications = ['shop', 'blog'].map((name) => operation(name, [kubernetes.id]));
  return { key: `run-${number}`, kinds, operations: [...servers, kubernetes, ...applications] };
}

/** What holds at every moment, whoever died. */
function expectTruth(planned: readonly Planned[], runs: readonly RunDocument[]): void {
  for (const { tasks } of runs)
    for (const { id, status } of tasks) {
      const kind = planned.map(({ kinds }) => kinds.get(id)).find((one) => one !== undefined);
      const effects = scene.effects(id);
      const most = kind === 'idempotent' ? Infinity : 1;
      expect(effects, `${id} (${kind}, ${status})`).toBeLessThanOrEqual(most);
      expect(effects, `${id} (${kind}, ${status})`).toBeGreaterThanOrEqual(status === 'completed' ? 1 : 0);
      if (status === 'completed' || status === 'running') expectDependenciesDone(planned, tasks, id);
    }
}

function expectDependenciesDone(planned: readonly Planned[], tasks: RunDocument['tasks'], id: string): void {
  const operation = planned.flatMap(({ operations }) => operations).find((one) => one.id === id);
  const done = operation?.dependencies.map((other) => tasks.find((task) => task.id === other)?.status);
  expect(done, `what ${id} depends on`).toEqual(done?.map(() => 'completed'));
}

/** Resolves with whether it was killed before it had done all its work. */
async function killAtRandom(random: () => number, { key, operations }: Planned, latestMs: number): Promise<boolean> {
  // Half of the time only the engine dies, as that is what happens most.
  const victim: Victim = random() < 0.5 ? 'none' : pick(random, VICTIMS);
  const restarts = isRestart(victim);
  const launchers = random() < 0.5 ? scene.launchers : undefined;
  const host = scene.host({ boot: restarts ? EARLIER_BOOT : undefined, launchers, runs: [{ key, operations }] });
  await pause(random() * latestMs);
  host.kill('SIGKILL');
  const killed = await ended(host);
  await scene.kill(restarts && !killed ? 'both' : victim);
  return killed;
}

test(`${KILLS} kills at random moments, seed ${SEED}: nothing is lost, nothing is done twice without leave`, async () => {
  process.stderr.write(`seed ${SEED}: PROVISIONING_TEST_SEED=${SEED} repeats it\n`);
  const random = randomOf(SEED);
  const planned = [plan(random, 0)];
  const accepted = new Set<string>();
  let latestMs = LATEST_MS;
  let seen = '';
  for (let kills = 0; kills < KILLS;) {
    const current = planned.at(-1) ?? plan(random, 0);
    if (await killAtRandom(random, current, latestMs)) kills += 1;
    else latestMs *= EARLIER;
    const runs = await scene.documents();
    const now = JSON.stringify(runs.map(({ tasks }) => tasks.map(({ status, attempts }) => [status, attempts])));
    if (now === seen) latestMs *= LATER;
    seen = now;
    expectUnattended(runs);
    expectTruth(planned, runs);
    const ids = new Set(runs.map((run) => run.workflow_id));
    expect([...accepted].filter((id) => !ids.has(id))).toEqual([]);
    for (const id of ids) accepted.add(id);
    if (ids.size === planned.length && runs.every((run) => isOutcome(run.status)))
      planned.push(plan(random, planned.length));
  }
  const host = hostEngine(scene.paths);
  host.engine.recover();
  const left = await scene.documents();
  await Promise.all(left.map((run) => host.engine.settled(run.workflow_id)));
  const runs = await scene.documents();
  await host.close();
  expectTruth(planned, runs);
  expect(runs.length, 'runs that were accepted').toBeGreaterThan(0);
  for (const run of runs) expect(['completed', 'failed', 'unknown']).toContain(run.status);
  await expect.poll(() => processesOf(scene)).toEqual([]);
  process.stderr.write(`${runs.length} runs: ${runs.map((run) => run.status).join(' ')}\n`);
}, 600_000);
