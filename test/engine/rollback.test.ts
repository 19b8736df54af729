import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
const undo = (text: string) => ({ type: 'command.run', params: { argv: shell(`echo ${text} >>${home.root}/undone`) } });
const undone = (): string => (existsSync(`${home.root}/undone`) ? readFileSync(`${home.root}/undone`, 'utf8') : '');

function submit(operations: Parameters<typeof submission>[0]): string {
  const work = submission(operations);
  const accepted = host.engine.submit({ ...work, workflow: { ...work.workflow, rollback_enabled: true } });
  if (!accepted.ok) throw new Error(accepted.error.message);
  return accepted.value.id;
}

const two = () => [
  command('a', ['true'], { compensate: undo('a') }),
  command('b', ['true'], { compensate: undo('b'), dependencies: ['a'] }),
];

test('a rollback is a run of its own, in reverse order, and asking twice gives the same one', async () => {
  const id = submit(two());
  await host.engine.settled(id);
  const first = host.engine.rollback(id, { planOnly: false, consent: false });
  if (!first.ok || first.value.id === null) throw new Error('no rollback');
  expect(await host.engine.settled(first.value.id)).toBe('completed');
  expect(undone()).toBe('b\na\n');
  expect(host.engine.rollback(id, { planOnly: false, consent: false })).toMatchObject({
    value: { id: first.value.id },
  });
  expect(undone()).toBe('b\na\n');
});

test('only planned, it does nothing', async () => {
  const id = submit(two());
  await host.engine.settled(id);
  const planned = host.engine.rollback(id, { planOnly: true, consent: false });
  expect(planned).toMatchObject({ ok: true, value: { id: null } });
  expect(undone()).toBe('');
});

test('what cannot be taken back wants consent', async () => {
  const id = submit([...two(), command('mail', ['true'], { irreversible: true })]);
  await host.engine.settled(id);
  expect(host.engine.rollback(id, { planOnly: false, consent: false })).toMatchObject({
    ok: false,
    error: { code: 'conflict', message: expect.stringContaining('mail') },
  });
  const agreed = host.engine.rollback(id, { planOnly: false, consent: true });
  if (!agreed.ok || agreed.value.id === null) throw new Error('no rollback');
  expect(await host.engine.settled(agreed.value.id)).toBe('completed');
});

test('a failure that wants it takes back what was done before anybody waits no more', async () => {
  const id = submit([...two(), command('c', ['false'], { on_failure: 'rollback', dependencies: ['b'] })]);
  expect(await host.engine.settled(id)).toBe('failed');
  expect(undone()).toBe('b\na\n');
});

test('a partial rollback goes on by a retry', async () => {
  const gate = `test -e ${home.root}/ok && echo a >>${home.root}/undone`;
  const stubborn = { type: 'command.run', params: { argv: shell(gate) } };
  const id = submit([
    command('a', ['true'], { compensate: stubborn }),
    command('b', ['true'], { compensate: undo('b'), dependencies: ['a'] }),
  ]);
  await host.engine.settled(id);
  const made = host.engine.rollback(id, { planOnly: false, consent: false });
  if (!made.ok || made.value.id === null) throw new Error('no rollback');
  expect(await host.engine.settled(made.value.id)).toBe('failed');
  await import('node:fs/promises').then((fs) => fs.writeFile(`${home.root}/ok`, ''));
  host.engine.retry(made.value.id, {});
  expect(await host.engine.settled(made.value.id)).toBe('completed');
  expect(undone()).toBe('b\na\n');
});

test('a run that was taken back is not gone on with, and says by which run', async () => {
  const id = submit([...two(), command('c', ['false'], { on_failure: 'rollback', dependencies: ['b'] })]);
  await host.engine.settled(id);
  const run = await host.reads.run(id);
  if (!run.ok) throw new Error(run.error.message);
  const back = run.value.rolled_back_by ?? '';
  expect(await host.reads.run(back)).toMatchObject({ ok: true, value: { rollback_of: id, status: 'completed' } });
  expect(host.engine.retry(id, { from: 'a' })).toMatchObject({
    ok: false,
    error: { code: 'conflict', message: expect.stringContaining(back) },
  });
  expect(host.engine.rollback(id, { planOnly: false, consent: false })).toMatchObject({ value: { id: back } });
});
