import { describe, expect } from 'vitest';
import { statusOf, test } from '../rig/cli-test.ts';
import type { CliFixtures } from '../rig/cli-test.ts';
import { killed } from '../rig/processes.ts';
import { CTRL_C, hasTerminals, onTerminal } from '../rig/on-terminal.ts';
import type { TerminalOptions } from '../rig/on-terminal.ts';

const flow = (...operations: readonly unknown[]): string => JSON.stringify({ name: 'flow', operations });

const COLOUR = new RegExp(String.raw`\u001b\[[0-9;]*m`);

const MONITOR = ['workflow', 'monitor', '@latest'];
const ABOVE = '$ make ready\nall is ready\n$ provisioning workflow monitor @latest\n';

type Given = Pick<CliFixtures, 'home' | 'provisioning'>;

const pidOf = async (provisioning: CliFixtures['provisioning']): Promise<number | null> =>
  (await provisioning('orchestrator status --json')).json<{ pid: number | null }>().pid;

async function killOrchestrator(provisioning: CliFixtures['provisioning']): Promise<void> {
  const pid = await pidOf(provisioning);
  if (pid === null) throw new Error('no orchestrator runs');
  await killed(pid);
}

/** The whole screen, as `workflow status` alone would leave it. */
async function statusScreen(home: Given['home'], options: TerminalOptions): Promise<readonly string[]> {
  const terminal = await onTerminal(home, ['workflow', 'status', '@latest'], options);
  expect(await terminal.exited).toBe(0);
  return terminal.screen.history();
}

describe.runIf(hasTerminals)('a run that is watched on a terminal', () => {
  test.for([40, 80, 200])(
    'at %i columns shows waves, progress and the last line, and ends as status',
    async (columns, { home, tasks, provisioning }) => {
      home.write('flow.json', flow(tasks.operation('web-1'), tasks.operation('k8s', { dependencies: ['web-1'] })));
      await provisioning('workflow submit flow.json');
      const options = { columns, above: ABOVE };
      const terminal = await onTerminal(home, MONITOR, options);
      const web = await tasks.began('web-1');
      web.tell({ print: 'PROGRESS: 40 disk\nfetching\nhost-1: PROGRESS: 70 x\n' });
      await terminal.sees(/flow {2}running {2}0\/2 done/);
      await terminal.sees(
        /wave 1 {2}1 running\n {2}● web-1 {2}━━━━────── {2}40% \ds {2}disk\n {4}│ fetching\n○ wave 2 {2}1 waiting/,
      );
      web.tell({ exit: 0 });
      const k8s = await tasks.began('k8s');
      await terminal.sees(/✔ wave 1 {2}1 completed\n● wave 2 {2}1 running\n {2}● k8s/);
      expect(await terminal.screen.isColoured()).toBe(true);
      k8s.tell({ exit: 0 });
      expect(await terminal.exited).toBe(0);
      expect(await terminal.screen.history()).toEqual(await statusScreen(home, options));
    },
  );

  test('a failure is shown at once with its reason, while others run', async ({ home, tasks, provisioning }) => {
    home.write(
      'flow.json',
      flow(tasks.operation('a'), tasks.operation('b'), tasks.operation('c', { dependencies: ['a'] })),
    );
    await provisioning('workflow submit flow.json');
    const terminal = await onTerminal(home, MONITOR, { above: ABOVE });
    const [a, b] = await Promise.all([tasks.began('a'), tasks.began('b')]);
    a.tell({ exit: 3 });
    await terminal.sees(/✖ a {2}failed: .*3[^]*● b/);
    await terminal.sees(/✖ wave 1 {2}1 failed, 1 running[^]*wave 2 {2}1 skipped/);
    b.tell({ exit: 0 });
    expect(await terminal.exited).toBe(1);
    expect(await terminal.screen.history()).toEqual(await statusScreen(home, { above: ABOVE }));
  });

  test('500 tasks fit on the screen, nothing scrolls away, and a window that changes its size leaves nothing behind', async ({
    home,
    tasks,
  }) => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      id: `t${index}`,
      type: 'command.run',
      params: {
        argv: [
          'sh',
          '-c',
          `echo "a line of the task ${index} that is as long as those that programs print"; sleep 0.02`,
        ],
      },
      ...(index < 250 ? {} : { dependencies: [`t${index - 250}`] }),
    }));
    home.write('flow.json', flow(...many, tasks.operation('last', { dependencies: ['t499'] })));
    const terminal = await onTerminal(home, ['workflow', 'submit', 'flow.json', '--follow'], { above: ABOVE });
    await terminal.sees(/\d\d\/501 done/);
    for (const [columns, rows] of [
      [40, 24],
      [200, 24],
      [60, 18],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.sees(/flow {2}running/);
    }
    const last = await tasks.began('last');
    await terminal.sees(/✔ waves 1-2 {2}500 completed\n● wave 3 {2}1 running\n {2}● last/);
    // Room for the tree: what was above it, and not a row of the tree.
    expect(await terminal.screen.scrolled()).toBeLessThanOrEqual(3);
    expect((await terminal.screen.history()).slice(0, 3)).toEqual(ABOVE.trim().split('\n'));
    last.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
    expect(await terminal.screen.history()).toEqual(await statusScreen(home, { above: ABOVE }));
  });

  test.for([6, 3, 2])(
    'in a window of %i rows it is folded to what fits, and no row of it is left',
    async (rows, { home, tasks, provisioning }) => {
      const ids = Array.from({ length: 8 }, (_, index) => `t${index}`);
      home.write('flow.json', flow(...ids.map((id) => tasks.operation(id))));
      await provisioning('workflow submit flow.json');
      const terminal = await onTerminal(home, MONITOR, { rows, above: ABOVE });
      const running = await Promise.all(ids.map((id) => tasks.began(id)));
      await terminal.sees(/flow {2}running {2}0\/8 done/);
      if (rows > 3) await terminal.sees(/running more/);
      for (const [index, task] of running.entries()) {
        task.tell({ print: `something that task ${index} prints\n` });
        task.tell({ exit: 0 });
        if (index < 7) await terminal.sees(new RegExp(`${index + 1}/8 done`));
      }
      expect(await terminal.exited).toBe(0);
      expect(await terminal.screen.history()).toEqual(await statusScreen(home, { rows, above: ABOVE }));
    },
  );

  test('a window that becomes lower in the middle, and high again, leaves nothing behind', async ({
    home,
    tasks,
    provisioning,
  }) => {
    home.write('flow.json', flow(...['a', 'b', 'c'].map((id) => tasks.operation(id))));
    await provisioning('workflow submit flow.json');
    const terminal = await onTerminal(home, MONITOR, { above: ABOVE });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => tasks.began(id)));
    await terminal.sees(/flow {2}running[^]*● c/);
    terminal.resize(80, 6);
    a?.tell({ exit: 0 });
    await terminal.sees(/1\/3 done/);
    for (const text of ['fetching', 'unpacking']) {
      b?.tell({ print: `${text}\n` });
      await terminal.sees(new RegExp(`│ ${text}`));
    }
    terminal.resize(80, 24);
    b?.tell({ exit: 0 });
    await terminal.sees(/2\/3 done/);
    c?.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
    expect(await terminal.screen.history()).toEqual(await statusScreen(home, { above: ABOVE }));
  });

  test('a terminal that takes nothing more stops neither the run nor its watcher', async ({
    home,
    tasks,
    provisioning,
  }) => {
    const chatty = `i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo "PROGRESS: $((i / 30)) step $i"; done`;
    const operations = Array.from({ length: 40 }, (_, index) => ({
      id: `t${index}`,
      type: 'command.run',
      params: { argv: ['sh', '-c', chatty] },
    }));
    home.write(
      'flow.json',
      flow(tasks.operation('first'), ...operations.map((one) => ({ ...one, dependencies: ['first'] }))),
    );
    const terminal = await onTerminal(home, ['workflow', 'run', 'flow.json'], { columns: 200, rows: 60 });
    const first = await tasks.began('first');
    await terminal.sees(/first/);
    terminal.stop();
    first.tell({ exit: 0 });
    await expect.poll(() => statusOf(provisioning), { timeout: 180_000 }).toBe('completed');
    terminal.go();
    expect(await terminal.exited).toBe(0);
    expect(await terminal.screen.history()).toEqual(await statusScreen(home, { columns: 200, rows: 60 }));
  });

  test('an orchestrator that is killed is replaced under the watching eye', async ({ home, tasks, provisioning }) => {
    home.write('flow.json', flow(tasks.operation('a'), tasks.operation('b', { dependencies: ['a'] })));
    await provisioning('workflow submit flow.json');
    const terminal = await onTerminal(home, MONITOR, { above: ABOVE });
    const a = await tasks.began('a');
    await terminal.sees(/● a/);
    await killOrchestrator(provisioning);
    await terminal.saw(/The orchestrator has gone/);
    await terminal.sees(/● a[^→]*$/);
    a.tell({ exit: 0 });
    const b = await tasks.began('b');
    b.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
    expect(await terminal.screen.history()).toEqual(await statusScreen(home, { above: ABOVE }));
  });

  test('where none may be started it says that nobody attends and how to go on, and goes on when somebody does', async ({
    home,
    tasks,
    provisioning,
  }) => {
    home.write('flow.json', flow(tasks.operation('a')));
    await provisioning('workflow submit flow.json');
    const a = await tasks.began('a');
    const env = { PROVISIONING_ORCHESTRATOR_AUTO_START: 'false' };
    await killOrchestrator(provisioning);
    const terminal = await onTerminal(home, MONITOR, { env, columns: 120 });
    await terminal.sees(/● a[^]*→ Nobody attends to this run: "provisioning orchestrator start" goes on with it/);
    expect(await pidOf(provisioning)).toBeNull();
    await provisioning('orchestrator start');
    await terminal.sees(/● a[^→]*$/);
    a.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
  });

  test('work that another command executes in its foreground is watched too, without an orchestrator', async ({
    home,
    begin,
    tasks,
    provisioning,
  }) => {
    home.write('flow.json', flow(tasks.operation('a')));
    const direct = begin('workflow run flow.json');
    const a = await tasks.began('a');
    const terminal = await onTerminal(home, MONITOR);
    await terminal.sees(/● a/);
    a.tell({ print: 'PROGRESS: 50 half\n' });
    await terminal.sees(/50%/);
    a.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
    await direct.ended;
    expect(await pidOf(provisioning)).toBeNull();
  });

  test('Ctrl-C leaves the work alone and says how to come back', async ({ home, tasks, provisioning }) => {
    home.write('flow.json', flow(tasks.operation('a')));
    await provisioning('workflow submit flow.json');
    const terminal = await onTerminal(home, MONITOR, { above: ABOVE, columns: 120 });
    const a = await tasks.began('a');
    await terminal.sees(/● a/);
    terminal.type(CTRL_C);
    expect(await terminal.exited).toBe(130);
    const screen = (await terminal.screen.history()).join('\n');
    expect(screen).toMatch(
      /^\$ make ready\n[^●]*note: The work goes on without this command\.\n {2}Watch it again: {2}provisioning workflow monitor [0-9a-f-]+\n {2}End it: {10}provisioning workflow cancel/,
    );
    expect(terminal.shown().lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.shown().lastIndexOf('\u001b[?25l'));
    a.tell({ exit: 0 });
    await expect.poll(() => statusOf(provisioning)).toBe('completed');
  });

  test('ETA once three earlier runs tell how long its operations take', async ({ home, provisioning }) => {
    const quick = { id: 'quick', type: 'command.run', params: { argv: ['sleep', '0.1'] } };
    home.write('flow.json', flow(quick));
    for (const key of ['one', 'two']) await provisioning(`workflow run flow.json --key ${key}`);
    const hold = (key: string) => {
      const argv = ['sh', '-c', `until [ -e ${key} ]; do sleep 0.05; done`];
      home.write('held.json', flow({ ...quick, params: { argv } }));
      return onTerminal(home, ['workflow', 'run', 'held.json', '--key', key]);
    };
    const third = await hold('three');
    await third.sees(/● quick/);
    home.write('three', '');
    expect(await third.exited).toBe(0);
    expect(third.shown()).not.toContain('left');
    const fourth = await hold('four');
    await fourth.saw(/about \ds left/);
    home.write('four', '');
    expect(await fourth.exited).toBe(0);
  });
});

describe.runIf(hasTerminals)('what a terminal is not, or does not want', () => {
  const watchOne = async (
    { home, tasks }: Pick<CliFixtures, 'home' | 'tasks'>,
    args: readonly string[],
    env: Record<string, string>,
  ) => {
    home.write('flow.json', flow(tasks.operation('a')));
    const terminal = await onTerminal(home, ['workflow', 'submit', 'flow.json', '--wait', ...args], { env });
    const a = await tasks.began('a');
    await terminal.sees(/[●*] a|a started/);
    a.tell({ exit: 0 });
    expect(await terminal.exited).toBe(0);
    return terminal;
  };

  test.for([
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['--no-color', ['--no-color'], {}],
  ] as const)('with %s it is a tree without colours', async ([, args, env], { home, tasks }) => {
    const terminal = await watchOne({ home, tasks }, args, env);
    expect(await terminal.screen.isColoured()).toBe(false);
    expect(terminal.shown()).not.toMatch(COLOUR);
  });

  test.for([
    ['CI', { CI: 'true' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ] as const)('with %s there are plain lines and no control sequence', async ([, env], { home, tasks }) => {
    const terminal = await watchOne({ home, tasks }, [], env);
    expect(terminal.shown()).toMatch(/\d\d:\d\d:\d\d a started\r\n\d\d:\d\d:\d\d a completed\r\n/);
    expect(terminal.shown()).not.toContain('\u001b');
  });

  test('where the language is not written in UTF-8 it is drawn in ASCII', async ({ home, tasks }) => {
    const terminal = await watchOne({ home, tasks }, [], { LC_ALL: 'C' });
    expect(terminal.shown()).not.toContain('●');
  });
});
