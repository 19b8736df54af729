import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitOf } from '../../src/adapters/process/trace.ts';
import { taskFolder } from '../../src/config/data-paths.ts';
import { hostEngine, submission } from '../rig/engine.ts';
import type { EngineOptions } from '../rig/engine.ts';
import { makeScene } from '../rig/crash.ts';
import { until } from '../rig/until.ts';
import { EARLIER_BOOT } from '../rig/victims.ts';
import type { Kind, Scene } from '../rig/crash.ts';
import type { Victim } from '../rig/victims.ts';

/** Files of an attempt that a crash, a full disk or the task itself left torn: recovery says what it can know. */
let scene: Scene;

beforeEach(() => {
  scene = makeScene();
});

afterEach(() => scene.close());

const DAMAGES = {
  empty: '',
  truncated: '{"exit":',
  'of zeros': '\0'.repeat(64),
  garbage: 'x y z \u{1F4A5}\n[',
  'JSON of another kind': '[1]',
  'a folder': undefined,
} as const;
type Damage = keyof typeof DAMAGES;
const ALL = Object.keys(DAMAGES) as Damage[];

function damage(file: string, how: Damage): void {
  rmSync(file, { force: true, recursive: true });
  const content = DAMAGES[how];
  if (content === undefined) mkdirSync(file);
  else writeFileSync(file, content);
}

interface Crash extends EngineOptions {
  readonly kind: Kind;
  readonly victim: Victim;
}

/** An engine leaves an attempt behind in the midst of its task; `victim` dies, or, with nobody, the task ends well. */
async function leave({ kind, victim, ...options }: Crash): Promise<{ id: string; folder: string }> {
  const host = hostEngine(scene.paths, options);
  const accepted = host.engine.submit(submission([scene.operation('a', kind, { holds: true })]));
  if (!accepted.ok) throw new Error(accepted.error.message);
  await scene.happened('a');
  await host.close();
  await scene.kill(victim);
  scene.release();
  const folder = attempts(await taskId()).at(-1) ?? '';
  if (victim === 'none') await until(() => exitOf(folder) !== undefined, 'the task has ended');
  return { id: accepted.value.id, folder };
}

async function taskId(): Promise<string> {
  const [run] = await scene.documents();
  return run?.tasks[0]?.task_id ?? '';
}

function attempts(task: string): string[] {
  const folder = taskFolder(scene.paths, task);
  return readdirSync(folder)
    .toSorted()
    .map((name) => `${folder}/${name}`);
}

/** How the task ended, after another engine recovered, and how often its effect happened. */
async function recovered(id: string): Promise<readonly [string | undefined, number]> {
  const host = hostEngine(scene.paths);
  try {
    host.engine.recover();
    await host.engine.settled(id);
    const [run] = await scene.documents();
    return [run?.tasks[0]?.status, scene.effects('a')];
  } finally {
    await host.close();
  }
}

describe('a recorded end that is', () => {
  const DAMAGED_ENDS = {
    missing: '',
    'cut off': 'exit ',
    'without its line feed': 'exit 0',
    'of zeros': '\0'.repeat(7),
    'no number': 'exit \u{1F4A5}\n',
  } as const;
  const tear = (folder: string, how: keyof typeof DAMAGED_ENDS): void => {
    const [claim = ''] = readFileSync(`${folder}/claim`, 'utf8').split('\n', 1);
    writeFileSync(`${folder}/claim`, `${claim}\n\n${DAMAGED_ENDS[how]}`);
  };

  test.each(Object.keys(DAMAGED_ENDS) as (keyof typeof DAMAGED_ENDS)[])(
    '%s is none: nobody knows how the task ended',
    async (how) => {
      const { id, folder } = await leave({ kind: 'plain', victim: 'none' });
      tear(folder, how);
      expect(await recovered(id)).toEqual(['unknown', 1]);
    },
  );

  test('cut off is none: an idempotent task is done again', async () => {
    const { id, folder } = await leave({ kind: 'idempotent', victim: 'none' });
    tear(folder, 'cut off');
    expect(await recovered(id)).toEqual(['completed', 2]);
  });
});

describe('a claim that is', () => {
  test.each(ALL.filter((how) => how !== 'empty'))('%s says that somebody had it: unknown', async (how) => {
    const { id, folder } = await leave({ kind: 'plain', victim: 'both' });
    damage(`${folder}/claim`, how);
    expect(await recovered(id)).toEqual(['unknown', 1]);
  });

  test('empty after a restart of the machine may have been whole: unknown', async () => {
    const { id, folder } = await leave({ kind: 'plain', victim: 'both', boot: EARLIER_BOOT });
    damage(`${folder}/claim`, 'empty');
    expect(await recovered(id)).toEqual(['unknown', 1]);
  });

  test.each(ALL)('%s while its task lives does not hide the task', async (how) => {
    const host = hostEngine(scene.paths);
    const accepted = host.engine.submit(submission([scene.operation('a', 'plain', { holds: true })]));
    await scene.happened('a');
    await host.close();
    const id = accepted.ok ? accepted.value.id : '';
    const folder = attempts(await taskId())[0] ?? '';
    damage(`${folder}/claim`, how);
    const end = recovered(id);
    scene.release();
    expect(await end).toEqual(['completed', 1]);
  });
});

describe('a result.json that is', () => {
  test.each(ALL)('%s, of a task that ended well, is a failure that says so', async (how) => {
    const { id, folder } = await leave({ kind: 'plain', victim: 'none' });
    damage(`${folder}/result.json`, how);
    expect(await recovered(id)).toEqual(['failed', 1]);
    const [run] = await scene.documents();
    expect(JSON.stringify(run?.tasks[0])).toContain('result.json');
  });

  test.each(ALL)('%s, of a task that died, changes nothing', async (how) => {
    const { id, folder } = await leave({ kind: 'plain', victim: 'both' });
    damage(`${folder}/result.json`, how);
    expect(await recovered(id)).toEqual(['unknown', 1]);
  });
});

describe('a checkpoint.json that is', () => {
  test.each(ALL.filter((how) => how !== 'JSON of another kind'))(
    '%s is none: the copy before it is used',
    async (how) => {
      const { id, folder } = await leave({ kind: 'idempotent', victim: 'both' });
      damage(`${folder}/checkpoint.json`, how);
      writeFileSync(`${folder}/checkpoint.saved.json`, '{"done":3}');
      expect(await recovered(id)).toEqual(['completed', 2]);
      const second = attempts(await taskId())[1];
      expect(JSON.parse(readFileSync(`${second}/request.json`, 'utf8'))).toMatchObject({ checkpoint: { done: 3 } });
    },
  );
});

describe('a request.json that is', () => {
  test.each(ALL)('%s does not matter any more', async (how) => {
    const { id, folder } = await leave({ kind: 'idempotent', victim: 'both' });
    damage(`${folder}/request.json`, how);
    expect(await recovered(id)).toEqual(['completed', 2]);
  });
});

test('an output.log that is a folder keeps nobody from recovering', async () => {
  const { id, folder } = await leave({ kind: 'plain', victim: 'none' });
  damage(`${folder}/output.log`, 'a folder');
  expect(await recovered(id)).toEqual(['completed', 1]);
});
