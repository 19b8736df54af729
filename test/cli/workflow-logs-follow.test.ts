import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import type { Started } from '../rig/program.ts';

const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });

/** Resolves when stdout has said it. */
async function says({ child }: Started, wanted: string): Promise<void> {
  for (let text = ''; !text.includes(wanted);) text += String((await once(child.stdout, 'data'))[0]);
}

test('logs --follow shows what a task prints as it does, and ends with it', async ({
  home,
  tasks,
  begin,
  provisioning,
}) => {
  home.write('flow.json', flow(tasks.operation('a')));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  a.tell({ print: 'one grün\n' });
  const following = begin('workflow logs @latest a -f');
  await says(following, 'one grün\n');
  a.tell({ print: 'two\n' });
  await says(following, 'two\n');
  a.tell({ print: 'three' });
  a.tell({ exit: 0 });
  expect(await following.ended).toMatchObject({ code: 0, stdout: 'one grün\ntwo\nthree', stderr: '' });
});

test('logs --follow waits for a task that has not begun, and goes on over its attempts', async ({
  home,
  tasks,
  begin,
  provisioning,
}) => {
  const retry = { attempts: 2, backoff: 'fixed', initial_delay: 0.05, max_delay: 1 };
  home.write('flow.json', flow(tasks.operation('a'), tasks.operation('b', { dependencies: ['a'], retry })));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const following = begin('workflow logs @latest b --follow');
  a.tell({ exit: 0 });
  const first = await tasks.began('b');
  first.tell({ print: 'first\n' });
  await says(following, 'first\n');
  first.tell({ exit: 1 });
  const second = await tasks.began('b');
  second.tell({ print: 'second\n' });
  await says(following, 'second\n');
  second.tell({ exit: 0 });
  const ended = await following.ended;
  expect(ended).toMatchObject({ code: 0, stdout: 'first\nsecond\n' });
  expect(ended.stderr).toContain('b is tried again (attempt 2)');
});

test('Ctrl-C ends the following, not the task', async ({ home, tasks, begin, provisioning }) => {
  home.write('flow.json', flow(tasks.operation('a')));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  a.tell({ print: 'one\n' });
  const following = begin('workflow logs @latest a -f');
  await says(following, 'one\n');
  following.child.kill('SIGINT');
  expect((await following.ended).code).toBe(130);
  expect(tasks.running()).toEqual(['a']);
  a.tell({ exit: 0 });
  await a.gone;
});

test('logs --follow without a task shows all of them, each line with its task, until the run has ended', async ({
  home,
  tasks,
  begin,
  provisioning,
}) => {
  const operations = [
    tasks.operation('a'),
    tasks.operation('web-1'),
    tasks.operation('z', { dependencies: ['web-1'] }),
  ];
  home.write('flow.json', flow(...operations));
  await provisioning('workflow submit flow.json');
  const [a, web] = await Promise.all([tasks.began('a'), tasks.began('web-1')]);
  a.tell({ print: 'begun, ' });
  web.tell({ print: 'one\n' });
  const following = begin('workflow logs @latest --follow');
  await says(following, 'web-1 | one\n');
  a.tell({ print: 'and ended\nrest' });
  await says(following, 'a     | begun, and ended\n');
  a.tell({ exit: 0 });
  await says(following, 'a     | rest\n');
  web.tell({ exit: 0 });
  const z = await tasks.began('z');
  z.tell({ print: 'last\n' });
  await says(following, 'z     | last\n');
  z.tell({ exit: 0 });
  expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
});

test('logs --tail shows the last lines of each task, also as the beginning of --follow', async ({
  home,
  tasks,
  begin,
  provisioning,
}) => {
  const many = { id: 'many', type: 'command.run', params: { argv: ['seq', '1', '60000'] } };
  home.write('flow.json', flow(many, tasks.operation('a')));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  a.tell({ print: 'one\ntwo\nthree' });
  const shown = async (how: string): Promise<string> => (await provisioning(`workflow logs @latest ${how}`)).stdout;
  await expect.poll(() => shown('a')).toBe('one\ntwo\nthree\n');
  await expect.poll(() => shown('many --tail 1')).toBe('60000\n');
  expect((await provisioning('workflow logs @latest a --tail 2')).stdout).toBe('two\nthree\n');
  expect((await provisioning('workflow logs @latest a --tail 99')).stdout).toBe('one\ntwo\nthree\n');
  expect((await provisioning('workflow logs @latest a --tail 0')).stdout).toBe('');
  const following = begin('workflow logs @latest a --tail 1 -f');
  await says(following, 'three');
  a.tell({ print: ' and more\n' });
  a.tell({ exit: 0 });
  expect((await following.ended).stdout).toBe('three and more\n');
  expect((await provisioning('workflow logs @latest --tail 2')).stdout).toBe(
    'many\n59999\n60000\n\na\ntwo\nthree and more\n\n',
  );
  const tail = await provisioning('workflow logs @latest many --tail 20000');
  expect(tail.stdout.split('\n').slice(0, -1).map(Number)).toEqual(
    Array.from({ length: 20_000 }, (_, line) => 40_001 + line),
  );
});

test('logs --since leaves out what was printed before, and never what came after', async ({
  home,
  tasks,
  provisioning,
}) => {
  home.write(
    'flow.json',
    flow(tasks.operation('a'), { id: 'b', type: 'command.run', params: { argv: ['echo', 'quick'] } }),
  );
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  a.tell({ print: 'old\n' });
  const logs = async (how: string): Promise<string> => (await provisioning(`workflow logs @latest ${how}`)).stdout;
  await expect.poll(() => existsSync(`${a.env['PROVISIONING_TASK_DIR']}/output.marks`)).toBe(true);
  await expect.poll(() => logs('b')).toBe('quick\n');
  // Longer than a tick of the clock by which files have their times.
  const since = new Date(Date.now() + 100).toISOString();
  expect(await logs(`a --since ${since}`)).toBe('');
  await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(since));
  a.tell({ print: 'new\n' });
  await expect.poll(() => logs(`a --since ${since}`)).toBe('new\n');
  expect(await logs(`b --since ${since}`)).toBe('');
  expect(await logs('a --since 1h')).toBe('old\nnew\n');
  a.tell({ exit: 0 });
  const refused = await provisioning('workflow logs @latest --since yesterday');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('neither a time nor a duration');
});
