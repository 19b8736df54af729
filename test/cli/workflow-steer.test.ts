import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('what is asked of a run twice is done once, and the second answer says that it stood so already', async ({
  home,
  provisioning,
  tasks,
}) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const asked: readonly (readonly [string, RegExp])[] = [
    ['resume', /^Run \S+ runs already\.\n/],
    ['retry', /^Run \S+ runs already\.\n/],
    ['pause', /^Run \S+ is paused\.\n/],
    ['pause', /^Run \S+ is paused already\.\n/],
    ['resume', /^Run \S+ is running\.\n/],
  ];
  for (const [verb, said] of asked) {
    const { code, stdout } = await provisioning(`workflow ${verb} @latest`);
    expect([verb, code, stdout]).toEqual([verb, 0, expect.stringMatching(said)]);
  }
  const data = (await provisioning('workflow resume @latest --json')).json();
  expect(data).toEqual({ workflow_id: expect.any(String), status: 'running', already: true });

  expect((await provisioning('workflow cancel @latest')).code).toBe(0);
  await a.gone;
  await expect.poll(async () => (await provisioning('workflow status @latest --exit-code')).code).toBe(8);
  const cancelled = await provisioning('workflow cancel @latest');
  expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringMatching(/^Run \S+ is cancelled already\.\n$/)]);
});

test('who waits for a run that runs already is told so, and waits', async ({ home, provisioning, begin, tasks }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const waiting = begin('workflow retry @latest --wait');
  await waiting.saw(/note: Run \S+ runs already/);
  a.tell({ exit: 0 });
  expect((await waiting.ended).code).toBe(0);
});

test('to pause or resume what has completed is refused with what to look at', async ({ home, provisioning }) => {
  const operation = { id: 'a', type: 'command.run', params: { argv: ['true'] } };
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [operation] }));
  await provisioning('workflow run flow.json');
  for (const verb of ['pause', 'resume']) {
    const { code, stderr } = await provisioning(`workflow ${verb} @latest`);
    expect([verb, code, stderr]).toEqual([
      verb,
      6,
      expect.stringMatching(/→ See how: provisioning workflow status \S+\n$/),
    ]);
  }
});
