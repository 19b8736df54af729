import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { Operation } from '../../src/domain/workflow.ts';
import { createCaptured } from '../../src/executor/captured.ts';
import { command, hostEngine, submission, temporaryPaths } from '../rig/engine.ts';
import type { EngineHost } from '../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;
let host: EngineHost;
let captured: ReturnType<typeof createCaptured>;

beforeEach(() => {
  home = temporaryPaths();
  captured = createCaptured();
  host = hostEngine(home.paths, { captured });
  writeFileSync(`${home.root}/secret`, `${SECRET}\n`);
});

afterEach(async () => {
  await host.close();
  home.remove();
});

const SECRET = 'hunter2-of-this-test';

function submit(operation: Operation): string {
  const accepted = host.engine.submit(submission([operation], { workspace: home.root }));
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

async function document(id: string): Promise<RunDocument> {
  const run = await host.reads.run(id);
  if (!run.ok) throw new Error(run.error.message);
  return run.value;
}

async function finish(id: string): Promise<RunDocument> {
  await host.engine.settled(id);
  return document(id);
}

/** Completes when the variable has the value that the file "secret" has; prints nothing. */
const wanting = (credentials: Record<string, string>, script = '[ "$PASS" = "$(cat secret)" ]'): Operation =>
  command('a', ['sh', '-c', script], { credentials });

test.each([
  ['of the submitter’s environment', 'env:DB'],
  ['of a file', 'file:secret'],
  ['of a program', `command:["cat","secret"]`],
])('a task gets the value %s in its environment, and nothing on disk has it', async (_, reference) => {
  const id = submit(wanting({ PASS: reference }));
  captured.put(id, { DB: SECRET });
  expect((await finish(id)).tasks[0]).toMatchObject({ status: 'completed', failure: null });
  const files = readdirSync(home.paths.dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(files.length).toBeGreaterThan(3);
  for (const { parentPath, name } of files)
    expect(readFileSync(`${parentPath}/${name}`, 'latin1')).not.toContain(SECRET);
});

test('a credential that is not there fails the task before anything starts, and says why', async () => {
  const id = submit(wanting({ PASS: 'file:missing' }, 'touch started'));
  captured.put(id, {});
  expect((await finish(id)).tasks[0]?.failure).toMatchObject({
    code: 'config_invalid',
    message: 'credential PASS of a (file:missing) cannot be resolved: there is no such file',
  });
  expect(readdirSync(home.root)).not.toContain('started');
});

test('a retry looks the credential up again', async () => {
  const retry = { attempts: 3, backoff: 'fixed', initial_delay: 0, max_delay: 0 } as const;
  const script = `[ "$PASS" = new ] || { printf new >"${home.root}/secret"; exit 1; }`;
  writeFileSync(`${home.root}/secret`, 'old');
  const id = submit({ ...wanting({ PASS: 'file:secret' }, script), retry });
  captured.put(id, {});
  expect((await finish(id)).tasks[0]).toMatchObject({ status: 'completed', attempts: 2 });
});

test('what only the memory of a dead engine had pauses the run, and goes on when it is handed over again', async () => {
  await host.close();
  host = hostEngine(home.paths, { captured, maxConcurrentTasks: 0 });
  const id = submit(wanting({ PASS: 'env:DB', TOKEN: 'env:TOKEN' }));
  await host.close();
  host = hostEngine(home.paths, { captured: createCaptured() });
  host.engine.recover();
  await expect.poll(async () => (await document(id)).status).toBe('paused');
  const events = await host.reads.events(id, 0);
  const paused = events.ok ? events.value.find(({ type }) => type === 'run.paused') : undefined;
  expect(paused?.data).toEqual({
    reason: 'credential PASS of a (env:DB) cannot be resolved: nobody has handed it over',
    wants: ['DB', 'TOKEN'],
  });
  expect((await document(id)).paused).toEqual(paused?.data);
  expect((await document(id)).tasks[0]).toMatchObject({ status: 'pending', attempts: 0 });
  expect(host.engine.resume(id, { DB: SECRET, TOKEN: 't' })).toMatchObject({ ok: true });
  expect((await finish(id)).status).toBe('completed');
});

test('a rollback gets what its run got', () => {
  captured.put('run', { DB: SECRET });
  captured.share('run', 'rollback');
  captured.share('nobody', 'other');
  expect([captured.value('rollback', 'DB'), captured.knows('other')]).toEqual([SECRET, false]);
});
