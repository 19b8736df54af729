import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync } from 'node:fs';
import { describe, expect, test as base } from 'vitest';
import { NOT_CLAIMED, SHIM, SHIM_NAME } from '../../src/adapters/process/shim.ts';
import type { RunDocument } from '../../src/api/documents.ts';
import { FAILPOINTS } from '../../src/domain/failpoint.ts';
import type { FailpointName } from '../../src/domain/failpoint.ts';
import { hostEngine, submission } from '../rig/engine.ts';
import { expectUnattended, KINDS, makeScene } from '../rig/crash.ts';
import { until } from '../rig/until.ts';
import { EARLIER_BOOT, isRestart, VICTIMS } from '../rig/victims.ts';
import type { Kind, Scene } from '../rig/crash.ts';
import type { Victim } from '../rig/victims.ts';
import { processesOf } from '../rig/leaks.ts';

/**
 * An engine is killed at each failpoint, alone or with the shim, the task, or both of what it had started, or with the
 * whole machine. One run is in the middle of its task then (`held`: its effect has happened, and it waits); another
 * one (`quick`) is at the failpoint. A second engine recovers, and both must have ended as the table says.
 */
const test = base.extend<{ readonly scene: Scene }>({
  // Vitest reads the names of fixtures from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  scene: async ({}, use) => {
    const scene = makeScene();
    await use(scene);
    try {
      await until(() => processesOf(scene).length === 0, 'nothing of it is left');
    } finally {
      await scene.close();
    }
  },
});

/** How a task ended, and how often its effect happened. */
type End = readonly [status: 'completed' | 'failed' | 'unknown', effects: number];

/** How shims are started. */
const WAYS = ['directly', 'by launchers'] as const;
type Way = (typeof WAYS)[number];

/** Of a task that had begun, and whose effect had happened, when `victim` was killed. */
function endOfBegun(victim: Victim, kind: Kind): End {
  if (victim === 'none' || victim === 'launcher') return ['completed', 1];
  if (kind === 'idempotent') return ['completed', 2];
  // Its shim saw how it was killed.
  if (victim === 'task') return ['failed', 1];
  return kind === 'probe' ? ['completed', 1] : ['unknown', 1];
}

/** Of a task that was claimed in a boot from which no file tells that it did not begin. */
const endOfClaimed = (kind: Kind): End => (kind === 'plain' ? ['unknown', 0] : ['completed', 1]);

function endOfQuick(name: FailpointName, victim: Victim, kind: Kind): End {
  switch (name) {
    case 'accepted':
    case 'settled':
      return ['completed', 1];
    case 'claimed':
    case 'pre-spawn':
      return isRestart(victim) ? endOfClaimed(kind) : ['completed', 1];
    case 'exit-seen':
      // Only a power cut takes a recorded end away.
      return victim === 'power cut' ? endOfBegun(victim, kind) : ['completed', 1];
    default:
      return endOfBegun(victim, kind);
  }
}

const ends = (scene: Scene, runs: readonly RunDocument[], id: string): End => {
  const task = runs.flatMap((run) => run.tasks).find((one) => one.id === id);
  return [task?.status as End[0], scene.effects(id)];
};

interface Crash {
  readonly way: Way;
  readonly name: FailpointName;
  readonly victim: Victim;
  readonly kind: Kind;
}

/** Kills the engine at the failpoint, while `held` is in its midst. */
async function crash(scene: Scene, { way, name, victim, kind }: Crash): Promise<void> {
  const { operation, effectFile, host, died, happened } = scene;
  const holds = name === 'post-spawn' || name === 'taken-over';
  const runs = [
    { key: 'held', operations: [operation('held', kind, { holds: true })] },
    { key: 'quick', operations: [operation('quick', kind, { holds })], after: effectFile('held') },
  ];
  const boot = isRestart(victim) ? EARLIER_BOOT : undefined;
  const launchers = launchersOf(scene, way);
  if (name === 'taken-over') {
    const first = host({ boot, launchers, runs });
    await happened('quick');
    first.kill('SIGKILL');
    await died(first);
    await died(host({ boot, launchers, runs: [] }, { name, passage: 1 }));
  } else {
    // What `quick` passes first is what `held`, which does not end, has passed once already.
    const passage = name === 'exit-seen' || name === 'settled' ? 1 : 2;
    await died(host({ boot, launchers, runs }, { name, passage }));
    if (holds) await happened('quick');
  }
  await scene.kill(victim);
}

const launchersOf = ({ launchers }: Scene, way: Way): Scene['launchers'] | undefined =>
  way === 'directly' ? undefined : launchers;

async function recover(scene: Scene): Promise<readonly RunDocument[]> {
  const engine = hostEngine(scene.paths);
  try {
    engine.engine.recover();
    scene.release();
    const runs = await scene.documents();
    await Promise.all(runs.map((run) => engine.engine.settled(run.workflow_id)));
    return await scene.documents();
  } finally {
    await engine.close();
  }
}

/** Without launchers there is none to die. */
const casesOf = (victims: readonly Victim[]): readonly (readonly [Victim, Way])[] =>
  victims.flatMap((victim) =>
    WAYS.filter((way) => victim !== 'launcher' || way === 'by launchers').map((way) => [victim, way] as const),
  );

describe.concurrent.each(FAILPOINTS)('the engine is killed at %s', (name) => {
  describe.each(casesOf(VICTIMS))('and with it: %s, tasks being started %s', (victim, way) => {
    test.for(KINDS)('%s tasks end as they must', async (kind, { scene }) => {
      await crash(scene, { way, name, victim, kind });
      const between = await scene.documents();
      expect(between, 'no accepted run is missing').toHaveLength(2);
      expectUnattended(between);
      const after = await recover(scene);
      expect(ends(scene, after, 'held')).toEqual(endOfBegun(victim, kind));
      expect(ends(scene, after, 'quick')).toEqual(endOfQuick(name, victim, kind));
      for (const run of after) expect(run).toMatchObject({ attended: true, status: run.tasks[0]?.status });
    });
  });
});

/** Nothing waits for anything here: the shim may not have come to its claim yet, or be done already. */
describe.concurrent.each(casesOf(['none', 'launcher', 'shim', 'task', 'both', 'reboot']))(
  'at the very moment of the start dies: %s, tasks being started %s',
  (victim, way) => {
    test.for(KINDS)('%s tasks never take effect twice for nothing', async (kind, { scene }) => {
      const { operation, host, died, kill } = scene;
      const boot = isRestart(victim) ? EARLIER_BOOT : undefined;
      const runs = [{ key: 'a', operations: [operation('a', kind), operation('b', kind)] }];
      const launchers = launchersOf(scene, way);
      await died(host({ boot, launchers, runs }, { name: 'post-spawn', passage: 1 }));
      await kill(victim);
      const [run] = await recover(scene);
      for (const { id, status } of run?.tasks ?? []) {
        const effects = scene.effects(id);
        const isUnhurt = victim === 'none' || victim === 'launcher';
        const must = isUnhurt || kind === 'idempotent' ? ['completed'] : ['completed', 'failed', 'unknown'];
        expect(must).toContain(status);
        expect(effects).toBeLessThanOrEqual(isUnhurt || kind !== 'idempotent' ? 1 : 2);
        expect(effects).toBeGreaterThanOrEqual(status === 'completed' ? 1 : 0);
      }
    });
  },
);

const VICTIMS_OF_THE_LIVING = casesOf(['launcher', 'shim', 'task', 'both']);

describe.concurrent.each(VICTIMS_OF_THE_LIVING)('the engine lives on when this dies: %s, started %s', (victim, way) => {
  test.for(KINDS)('%s tasks end as they must', async (kind, { scene }) => {
    const engine = hostEngine(scene.paths, { launchers: launchersOf(scene, way) });
    try {
      const accepted = engine.engine.submit(submission([scene.operation('held', kind, { holds: true })]));
      if (!accepted.ok) throw new Error(accepted.error.message);
      await scene.happened('held');
      await scene.kill(victim);
      scene.release();
      await engine.engine.settled(accepted.value.id);
      expect(ends(scene, await scene.documents(), 'held')).toEqual(endOfBegun(victim, kind));
    } finally {
      await engine.close();
    }
  });
});

describe('a shim that comes late', () => {
  test.for(['claimed', 'pre-spawn'] as const)('finds that its attempt was revoked at %s', async (name, { scene }) => {
    await scene.died(
      scene.host({ runs: [{ key: 'a', operations: [scene.operation('a', 'plain')] }] }, { name, passage: 1 }),
    );
    const [run] = await recover(scene);
    expect(ends(scene, [run as RunDocument], 'a')).toEqual(['completed', 1]);
    const task = `${scene.paths.tasks}/${run?.tasks[0]?.task_id}`;
    const attempts = readdirSync(task).toSorted();
    expect(attempts).toHaveLength(2);
    const first = `${task}/${attempts[0]}`;
    const argv = ['sh', '-c', `echo x >>${scene.effectFile('a')}`];
    const shim = spawn('/bin/sh', ['-c', SHIM, SHIM_NAME, first, `${process.pid}`, 'boot', ...argv], {
      stdio: 'ignore',
    });
    expect(await once(shim, 'exit')).toEqual([NOT_CLAIMED, null]);
    // Nor does anybody believe what an attempt says that is not the current one.
    appendFileSync(`${first}/claim`, '\nexit 1\n');
    expect(ends(scene, await recover(scene), 'a')).toEqual(['completed', 1]);
  });
});
