import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { livingOf } from '../../src/adapters/process/kill.ts';
import { claimOf } from '../../src/adapters/process/trace.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import type { RunDocument } from '../../src/api/documents.ts';
import { attemptsOf } from '../rig/victims.ts';
import { isDead, kill, lineOf, text } from '../rig/processes.ts';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;
let host: EngineHost;

beforeEach(() => {
  home = temporaryPaths();
  host = hostEngine(home.paths);
});

afterEach(async () => {
  await host.close();
  home.remove();
});

/** Counts its starts; the first one hangs until somebody kills it, later ones succeed. */
const hangsOnce = (more: Partial<Operation>): Operation =>
  command(
    'a',
    ['sh', '-c', `echo x >>${home.root}/ran; test $(wc -l <${home.root}/ran) -gt 1 || exec sleep 300`],
    more,
  );

const ran = (): number => readFileSync(`${home.root}/ran`, 'utf8').length / 2;

async function document(id: string): Promise<RunDocument> {
  const run = await host.reads.run(id);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

function submit(operations: readonly Operation[]): string {
  const accepted = host.engine.submit(submission(operations));
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

/** `kill -9` of the task and its shim. */
async function killTask(id: string): Promise<void> {
  await expect.poll(() => existsSync(`${home.root}/ran`)).toBe(true);
  const events = await host.reads.events(id, 0);
  const started = events.ok
    ? events.value.findLast(({ type, task }) => type === 'task.started' && task === 'a')
    : undefined;
  const attempt = attemptsOf(home.paths).find(({ marker }) => marker === started?.data['fence']);
  const living = (): number[] => (attempt === undefined ? [] : livingOf(attempt));
  // Its shim and itself: until it sleeps it has children for an instant.
  await expect.poll(() => living().some((pid) => lineOf(pid) === 'sleep 300')).toBe(true);
  // The shim first: it would put on record how its task ended.
  kill(claimOf(attempt?.folder ?? '')?.pid ?? 0);
  for (const pid of living()) kill(pid);
}

async function vanish(operation: Operation, ...others: Operation[]): Promise<RunDocument> {
  const id = submit([operation, ...others]);
  await killTask(id);
  await host.engine.settled(id);
  return document(id);
}

describe('a task that vanished with its shim', () => {
  test('is unknown, is not started again, and what depends on it waits for a person', async () => {
    const run = await vanish(hangsOnce({}), command('b', ['true'], { dependencies: ['a'] }), command('c', ['true']));
    expect(run.status).toBe('unknown');
    expect(run.tasks.map((task) => task.status)).toEqual(['unknown', 'pending', 'completed']);
    expect(ran()).toBe(1);
  });

  test('is done again when it is idempotent', async () => {
    const run = await vanish(hangsOnce({ idempotent: true }));
    expect(run.tasks[0]).toMatchObject({ status: 'completed', attempts: 2 });
    expect(ran()).toBe(2);
  });

  test.each([
    [0, 'completed', 1],
    [3, 'completed', 2],
    [1, 'unknown', 1],
  ] as const)('whose probe ends with exit code %i is %s after %i starts', async (code, status, starts) => {
    const run = await vanish(hangsOnce({ probe: { argv: ['sh', '-c', `exit ${code}`] } }));
    expect(run.tasks[0]?.status).toBe(status);
    expect(ran()).toBe(starts);
  });

  describe('whose probe does not end', () => {
    const hangs = () => ({ probe: { argv: ['sh', '-c', `echo $$ >${home.root}/probe; exec sleep 300`] } });
    const asked = (): Promise<void> => expect.poll(() => text(`${home.root}/probe`)).toMatch(/^\d+\n$/);
    const answer = async (id: string) => {
      expect(await host.engine.settled(id)).toBe('unknown');
      const pid = Number(readFileSync(`${home.root}/probe`, 'utf8'));
      expect(isDead(pid)).toBe(true);
      expect(ran()).toBe(1);
    };

    test('is unknown when somebody cancels the run', async () => {
      const id = submit([hangsOnce(hangs())]);
      await killTask(id);
      await asked();
      host.engine.cancel(id, 'test', 0);
      await answer(id);
    });

    test('is unknown when the time of the operation is up once more', async () => {
      const id = submit([hangsOnce({ ...hangs(), timeout: 15 })]);
      await killTask(id);
      await asked();
      await answer(id);
    });
  });

  test('is unknown, too, when the run is cancelled as soon as another engine has it', async () => {
    const id = submit([hangsOnce({})]);
    await expect.poll(() => existsSync(`${home.root}/ran`)).toBe(true);
    const [attempt] = attemptsOf(home.paths);
    if (attempt === undefined) throw new Error('no attempt');
    await host.close();
    kill(claimOf(attempt.folder)?.pid ?? 0);
    for (const pid of livingOf(attempt)) kill(pid);
    await expect.poll(() => livingOf(attempt)).toEqual([]);
    host = hostEngine(home.paths);
    host.engine.recover();
    host.engine.cancel(id, 'test', 0);
    expect(await host.engine.settled(id)).toBe('unknown');
  });

  test('is cancelled only when somebody cancelled it', async () => {
    const id = submit([hangsOnce({ idempotent: true })]);
    await expect.poll(() => existsSync(`${home.root}/ran`)).toBe(true);
    host.engine.cancel(id, 'test', 0);
    expect(await host.engine.settled(id)).toBe('cancelled');
    expect(ran()).toBe(1);
  });
});

describe('a person says how an unknown task ended', () => {
  const unknown = async (): Promise<string> => {
    const run = await vanish(hangsOnce({}), command('b', ['true'], { dependencies: ['a'] }));
    return run.workflow_id;
  };
  const answer = (as: 'completed' | 'failed' | 'retry') => ({
    task: 'a',
    as,
    message: null,
    result: { ip: '1.2.3.4' },
  });

  test('completed: the rest goes on, with the result that was given', async () => {
    const id = await unknown();
    expect(host.engine.resolve(id, answer('completed'))).toEqual({
      ok: true,
      value: { status: 'running', already: false },
    });
    await host.engine.settled(id);
    expect(await document(id)).toMatchObject({
      status: 'completed',
      tasks: [{ status: 'completed', result: { ip: '1.2.3.4' } }, { status: 'completed' }],
    });
    expect(ran()).toBe(1);
  });

  test('failed: the rest is skipped', async () => {
    const id = await unknown();
    host.engine.resolve(id, answer('failed'));
    expect(await document(id)).toMatchObject({
      status: 'failed',
      tasks: [{ status: 'failed' }, { status: 'skipped' }],
    });
  });

  test('retry: it is done again', async () => {
    const id = await unknown();
    host.engine.resolve(id, answer('retry'));
    await host.engine.settled(id);
    expect((await document(id)).status).toBe('completed');
    expect(ran()).toBe(2);
  });

  test('only of a task that is unknown; others are refused, with what they are', async () => {
    const id = await unknown();
    expect(host.engine.retry(id, {})).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(host.engine.resolve(id, { ...answer('retry'), task: 'b' })).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: expect.stringContaining('pending') },
    });
    expect(host.engine.resolve(id, { ...answer('retry'), task: 'aa' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });
});

describe('steering a run', () => {
  const shell = (script: string): string[] => ['sh', '-c', script];

  test('a paused run starts nothing, finishes what runs, and goes on when resumed', async () => {
    const go = `${home.root}/go`;
    const id = submit([
      command('a', shell(`touch ${home.root}/ran; while [ ! -e ${go} ]; do sleep 0.01; done`)),
      command('b', ['true'], { dependencies: ['a'] }),
    ]);
    await expect.poll(() => existsSync(`${home.root}/ran`)).toBe(true);
    expect(host.engine.pause(id, 'test')).toEqual({ ok: true, value: { status: 'paused', already: false } });
    expect(host.engine.pause(id, 'test').ok).toBe(true);
    await import('node:fs/promises').then((fs) => fs.writeFile(go, ''));
    await expect
      .poll(async () => (await document(id)).tasks.map((task) => task.status))
      .toEqual(['completed', 'pending']);
    expect((await document(id)).status).toBe('paused');
    expect(host.engine.resume(id)).toEqual({ ok: true, value: { status: 'running', already: false } });
    expect(await host.engine.settled(id)).toBe('completed');
  });

  test('retry does again what failed and what was skipped for it, and nothing else', async () => {
    const ok = `${home.root}/ok`;
    const id = submit([
      command('good', shell(`echo x >>${home.root}/good`)),
      command('bad', shell(`test -e ${ok}`), { dependencies: ['good'] }),
      command('after', ['true'], { dependencies: ['bad'] }),
    ]);
    expect(await host.engine.settled(id)).toBe('failed');
    await import('node:fs/promises').then((fs) => fs.writeFile(ok, ''));
    expect(host.engine.retry(id, { onlyFailed: true })).toEqual({
      ok: true,
      value: { status: 'running', already: false },
    });
    expect(await host.engine.settled(id)).toBe('completed');
    expect(readFileSync(`${home.root}/good`, 'utf8')).toBe('x\n');
    expect(host.engine.retry(id, {})).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(host.engine.retry(id, { from: 'bad' }).ok).toBe(true);
    expect(await host.engine.settled(id)).toBe('completed');
  });

  test('each verb names the other where that was meant', async () => {
    const id = submit([command('a', ['false'])]);
    await host.engine.settled(id);
    expect(host.engine.resume(id)).toMatchObject({ ok: false, error: { hint: expect.stringContaining('retry') } });
    expect(host.engine.pause(id, 'x')).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(host.engine.pause('0000', 'x')).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });
});
