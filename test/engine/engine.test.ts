import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
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

const shell = (script: string): string[] => ['sh', '-c', script];

async function finish(work: ReturnType<typeof submission>): Promise<RunDocument> {
  const accepted = host.engine.submit(work);
  if (!accepted.ok) throw new Error(accepted.error.message);
  await host.engine.settled(accepted.value.id);
  return document(accepted.value.id);
}

async function document(id: string): Promise<RunDocument> {
  const run = await host.reads.run(id);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

const statuses = (run: RunDocument): Record<string, string> =>
  Object.fromEntries(run.tasks.map((task) => [task.id, task.status]));

test('independent tasks overlap, dependants wait for all that they depend on', async () => {
  const meet = (id: string, other: string): string[] =>
    shell(`touch ${home.root}/${id}; while [ ! -e ${home.root}/${other} ]; do sleep 0.01; done`);
  const run = await finish(
    submission([
      command('last', shell(`test -e ${home.root}/a && test -e ${home.root}/b`), { dependencies: ['a', 'b'] }),
      command('a', meet('a', 'b')),
      command('b', meet('b', 'a')),
    ]),
  );
  expect(run.status).toBe('completed');
  expect(statuses(run)).toEqual({ last: 'completed', a: 'completed', b: 'completed' });
});

test('a task that fails for good has all its attempts on record; its dependants are skipped, others finish', async () => {
  const retry = { attempts: 3, backoff: 'fixed', initial_delay: 0.02, max_delay: 1 } as const;
  const run = await finish(
    submission([
      command('bad', shell('echo trouble; exit 9'), { retry }),
      command('after', ['true'], { dependencies: ['bad'] }),
      command('later', ['true'], { dependencies: ['after'] }),
      command('other', ['true']),
    ]),
  );
  expect(run.status).toBe('failed');
  expect(statuses(run)).toEqual({ bad: 'failed', after: 'skipped', later: 'skipped', other: 'completed' });
  expect(run.tasks[0]).toMatchObject({ attempts: 3, failure: { code: 'work_failed', message: 'trouble' } });
});

test('what a failed attempt has left running is ended before the next one begins', async () => {
  const retry = { attempts: 2, backoff: 'fixed', initial_delay: 0, max_delay: 0 } as const;
  const script = `if read -r left <${home.root}/left; then
      read -r stat </proc/$left/stat || exit 0
      case $stat in *') Z '*) exit 0 ;; *) exit 4 ;; esac
    fi
    sleep 300 & echo $! >${home.root}/left; exit 3`;
  const run = await finish(submission([command('a', shell(script), { retry })]));
  expect(run.tasks[0]).toMatchObject({ status: 'completed', attempts: 2 });
});

test('a retry that succeeds makes a completed task with two attempts', async () => {
  const retry = { attempts: 3, backoff: 'fixed', initial_delay: 0.01, max_delay: 1 } as const;
  const script = `test -e ${home.root}/tried || { touch ${home.root}/tried; exit 1; }`;
  const run = await finish(submission([command('a', shell(script), { retry })]));
  expect(run.tasks[0]).toMatchObject({ status: 'completed', attempts: 2, failure: null });
});

test.each([
  ['parallel_limit', 10, 2],
  ['max_concurrent_tasks', 2, undefined],
])('%s is never exceeded', async (_name, maxConcurrentTasks, limit) => {
  await host.close();
  host = hostEngine(home.paths, { maxConcurrentTasks });
  const log = `${home.root}/log`;
  const script = shell(`echo + >>${log}; sleep 0.03; echo - >>${log}`);
  const work = submission(Array.from({ length: 8 }, (_, index) => command(`t${index}`, script)));
  const workflow = limit === undefined ? work.workflow : { ...work.workflow, parallel_limit: limit };
  await finish({ ...work, workflow });
  let [now, most] = [0, 0];
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    now += line === '+' ? 1 : -1;
    most = Math.max(most, now);
  }
  expect([now, most]).toEqual([0, 2]);
});

test('two engines on one store share the global limit', async () => {
  await host.close();
  host = hostEngine(home.paths, { maxConcurrentTasks: 1 });
  const second = hostEngine(home.paths, { maxConcurrentTasks: 1 });
  const lock = `${home.root}/only-one`;
  const script = shell(`mkdir ${lock} || exit 1; sleep 0.05; rmdir ${lock}`);
  const work = (): ReturnType<typeof submission> => submission([command('a', script), command('b', script)]);
  const other = second.engine.submit(work());
  const run = await finish(work());
  if (!other.ok) throw new Error(other.error.message);
  expect([run.status, await second.engine.settled(other.value.id)]).toEqual(['completed', 'completed']);
  await second.close();
});

test('higher priority goes first', async () => {
  await host.close();
  host = hostEngine(home.paths, { maxConcurrentTasks: 1 });
  const log = `${home.root}/log`;
  await finish(
    submission([
      command('slow', shell(`echo slow >>${log}`), { priority: 'low' }),
      command('plain', shell(`echo plain >>${log}`)),
      command('fast', shell(`echo fast >>${log}`), { priority: 'high' }),
    ]),
  );
  expect(readFileSync(log, 'utf8')).toBe('fast\nplain\nslow\n');
});

test('a task that takes too long is stopped with its whole tree, and that is a failure with a reason', async () => {
  const run = await finish(submission([command('a', shell('sleep 300 & sleep 300'), { timeout: 0.2 })]));
  expect(run.status).toBe('failed');
  expect(run.tasks[0]?.failure).toMatchObject({ code: 'timed_out' });
});

test('cancel stops what runs, cancels what waits, and says the same when it is asked again', async () => {
  const started = `${home.root}/started`;
  const accepted = host.engine.submit(
    submission([
      command('a', shell(`touch ${started}; exec sleep 300`)),
      command('b', ['true'], { dependencies: ['a'] }),
    ]),
  );
  if (!accepted.ok) throw new Error(accepted.error.message);
  const { id } = accepted.value;
  await expect.poll(() => existsSync(started)).toBe(true);
  expect(host.engine.cancel(id, 'test')).toEqual({ ok: true, value: { status: 'cancelling', already: false } });
  expect(host.engine.cancel(id, 'test')).toEqual({ ok: true, value: { status: 'cancelling', already: false } });
  expect(await host.engine.settled(id)).toBe('cancelled');
  expect(statuses(await document(id))).toEqual({ a: 'cancelled', b: 'cancelled' });
  expect(host.engine.cancel(id, 'test')).toEqual({ ok: true, value: { status: 'cancelled', already: true } });
});

test('cancelling with no grace ends a task that ignores TERM', async () => {
  const started = `${home.root}/started`;
  const accepted = host.engine.submit(
    submission([command('a', shell(`trap '' TERM; touch ${started}; while :; do sleep 0.05; done`))]),
  );
  if (!accepted.ok) throw new Error(accepted.error.message);
  await expect.poll(() => existsSync(started)).toBe(true);
  host.engine.cancel(accepted.value.id, 'first');
  host.engine.cancel(accepted.value.id, 'second', 0);
  expect(await host.engine.settled(accepted.value.id)).toBe('cancelled');
});

test('the same key and body is the same run, the same key and another body a conflict', async () => {
  const work = submission([command('a', shell(`echo x >>${home.root}/ran`))], { key: 'one' });
  const first = await finish(work);
  const again = host.engine.submit(work);
  expect(again).toEqual({ ok: true, value: { id: first.workflow_id, created: false } });
  const other = host.engine.submit({ ...work, workflow: { ...work.workflow, name: 'other' } });
  expect(other).toMatchObject({ ok: false, error: { code: 'conflict' } });
  expect(readFileSync(`${home.root}/ran`, 'utf8')).toBe('x\n');
});

test('a finished run reads the same from its events', async () => {
  const go = `${home.root}/go`;
  const script = `echo "PROGRESS: 50 half"; until [ -e ${go} ]; do sleep 0.02; done; exit 2`;
  const accepted = host.engine.submit(submission([command('a', shell(script))]));
  if (!accepted.ok) throw new Error(accepted.error.message);
  await expect.poll(async () => (await document(accepted.value.id)).tasks[0]?.progress).toBe(50);
  appendFileSync(go, '');
  await host.engine.settled(accepted.value.id);
  const run = await document(accepted.value.id);
  const events = await host.reads.events(run.workflow_id, 0);
  if (!events.ok) throw new Error(events.error.message);
  expect(events.value.map((event) => event.seq)).toEqual(events.value.map((_, index) => index + 1));
  expect(events.value.map((event) => event.type)).toEqual([
    'run.accepted',
    'run.started',
    'task.started',
    'task.progress',
    'task.failed',
    'run.finished',
  ]);
  await expect(host.reads.output(run.tasks[0]?.task_id ?? '', 0)).resolves.toMatchObject({
    ok: true,
    value: { text: 'PROGRESS: 50 half\n', total: 18 },
  });
});

test('an engine leaves a run alone whose owner lives, and takes it over when its owner is gone', async () => {
  const go = `${home.root}/go`;
  const log = `${home.root}/log`;
  const wait = shell(`echo ran >>${log}; while [ ! -e ${go} ]; do sleep 0.02; done`);
  const accepted = host.engine.submit(
    submission([command('a', wait), command('b', ['true'], { dependencies: ['a'] })]),
  );
  if (!accepted.ok) throw new Error(accepted.error.message);
  const { id } = accepted.value;
  await expect.poll(() => existsSync(log)).toBe(true);
  const second = hostEngine(home.paths);
  expect(second.engine.recover()).toBe(0);
  expect((await document(id)).attended).toBe(true);

  await host.close();
  await expect(second.reads.run(id)).resolves.toMatchObject({
    ok: true,
    value: { status: 'running', attended: false },
  });
  expect(second.engine.recover()).toBe(1);
  appendFileSync(go, '');
  expect(await second.engine.settled(id)).toBe('completed');
  expect(readFileSync(log, 'utf8')).toBe('ran\n');
  await second.close();
  host = hostEngine(home.paths);
});

test('a request to cancel reaches a run that another engine owns, and does not cancel its retry too', async () => {
  const [started, go] = [`${home.root}/started`, `${home.root}/go`];
  const script = `touch ${started}; until test -e ${go}; do sleep 0.02; done`;
  const accepted = host.engine.submit(submission([command('a', shell(script))]));
  if (!accepted.ok) throw new Error(accepted.error.message);
  await expect.poll(() => existsSync(started)).toBe(true);
  const second = hostEngine(home.paths);
  expect(second.engine.cancel(accepted.value.id, 'from elsewhere').ok).toBe(true);
  host.engine.recover();
  expect(await second.engine.settled(accepted.value.id)).toBe('cancelled');
  rmSync(started);
  expect(host.engine.retry(accepted.value.id, {}).ok).toBe(true);
  await expect.poll(() => existsSync(started)).toBe(true);
  host.engine.recover();
  appendFileSync(go, '');
  expect(await host.engine.settled(accepted.value.id)).toBe('completed');
  await second.close();
});
