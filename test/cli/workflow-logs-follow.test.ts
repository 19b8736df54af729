import { once } from 'node:events';
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
  expect((await provisioning('workflow logs @latest -f')).code).toBe(2);
});
