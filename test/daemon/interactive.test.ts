import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { statusOf, test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { CTRL_C, hasTerminals, onTerminal } from '../rig/on-terminal.ts';

type Given = Pick<CliFixtures, 'home' | 'tasks'>;

/** A run of one task that waits for its test, watched on a terminal. */
async function watching({ home, tasks }: Given, args: readonly string[]) {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  const terminal = await onTerminal(home, [...args, 'flow.json']);
  const task = await tasks.began('a');
  await terminal.saw(/a\b.*started|running/);
  return { terminal, task };
}

const WATCHED = ['workflow', 'submit', '--wait'];
const DIRECT = ['workflow', 'run'];

describe.runIf(hasTerminals)('while orchestrated work is watched', () => {
  test('Ctrl-C detaches: 130, and it says how to watch again and how to cancel', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const { terminal, task } = await watching({ home, tasks }, WATCHED);
    terminal.type(CTRL_C);
    expect(await terminal.exited).toBe(130);
    expect(terminal.shown()).toMatch(/workflow (?:monitor|status|events)/);
    expect(terminal.shown()).toContain('workflow cancel');
    expect(tasks.running()).toEqual(['a']);
    expect(await statusOf(provisioning)).toBe('running');
    task.tell({ exit: 0 });
    await expect.poll(() => statusOf(provisioning)).toBe('completed');
  });

  test('Ctrl-C twice does not do more', async ({ home, provisioning, tasks }) => {
    const { terminal, task } = await watching({ home, tasks }, WATCHED);
    terminal.type(CTRL_C + CTRL_C);
    expect(await terminal.exited).toBe(130);
    expect(await statusOf(provisioning)).toBe('running');
    task.tell({ exit: 0 });
  });

  test.for(['SIGTERM', 'SIGHUP'] as const)('%s detaches too', async (signal, { home, provisioning, tasks }) => {
    const { terminal, task } = await watching({ home, tasks }, WATCHED);
    process.kill(terminal.pid, signal);
    expect(await terminal.exited).toBe(130);
    expect(await statusOf(provisioning)).toBe('running');
    task.tell({ exit: 0 });
  });

  test('a terminal that goes away takes nothing with it', async ({ home, provisioning, tasks }) => {
    const { terminal, task } = await watching({ home, tasks }, WATCHED);
    terminal.hangUp();
    expect(await terminal.exited).toBe(130);
    expect(await statusOf(provisioning)).toBe('running');
    task.tell({ exit: 0 });
    await expect.poll(() => statusOf(provisioning)).toBe('completed');
  });
});

describe.runIf(hasTerminals)('in direct mode', () => {
  test('the first Ctrl-C asks the task to stop: 8', async ({ home, provisioning, tasks }) => {
    const { terminal, task } = await watching({ home, tasks }, DIRECT);
    terminal.type(CTRL_C);
    await task.gone;
    expect(await terminal.exited).toBe(8);
    expect(await statusOf(provisioning)).toBe('cancelled');
  });

  test('the second kills its tree, also one that does not want to stop', async ({ home, provisioning }) => {
    const script = `trap "" TERM; sleep 600 & echo "PROGRESS: 1 deaf"; wait; while :; do sleep 600; done`;
    const operations = [{ id: 'a', type: 'command.run', params: { argv: ['/bin/sh', '-c', script] } }];
    home.write('flow.json', JSON.stringify({ name: 'flow', operations }));
    const terminal = await onTerminal(home, ['workflow', 'run', 'flow.json']);
    await terminal.saw(/deaf/);
    terminal.type(CTRL_C);
    await terminal.saw(/again/i);
    terminal.type(CTRL_C);
    expect(await terminal.exited).toBe(8);
    expect(await statusOf(provisioning)).toBe('cancelled');
  });

  test.for(['SIGTERM', 'SIGHUP'] as const)(
    '%s asks the task to stop',
    async (signal, { home, provisioning, tasks }) => {
      const { terminal, task } = await watching({ home, tasks }, DIRECT);
      process.kill(terminal.pid, signal);
      await task.gone;
      expect(await terminal.exited).toBe(8);
      expect(await statusOf(provisioning)).toBe('cancelled');
    },
  );

  test('a terminal that goes away asks the task to stop, and the record says so', async ({
    home,
    provisioning,
    tasks,
  }) => {
    const { terminal, task } = await watching({ home, tasks }, DIRECT);
    terminal.hangUp();
    await task.gone;
    expect(await terminal.exited).toBe(8);
    expect(await statusOf(provisioning)).toBe('cancelled');
  });
});

test('a stdout that is closed changes neither the work nor the exit code', async ({
  home,
  begin,
  provisioning,
  tasks,
}) => {
  for (const args of ['workflow submit --wait flow.json --key one', 'workflow run flow.json --key two']) {
    home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
    const { child, ended } = begin(args);
    const task = await tasks.began('a');
    child.stdout.destroy();
    child.stderr.destroy();
    await once(child.stdout, 'close');
    task.tell({ exit: 0 });
    expect((await ended).code).toBe(0);
    expect(await statusOf(provisioning)).toBe('completed');
  }
});
