import { describe, expect } from 'vitest';
import type { RunDocument } from '../../src/api/documents.ts';
import type { StatusDocument } from '../../src/api/responses.ts';
import { test } from '../rig/cli-test.ts';
import type { Control } from '../rig/control.ts';
import { canLimit, leaveFiles } from '../rig/descriptors.ts';

const LACKING = 'too many files open';

const flow = (tasks: Control): string => {
  const operations = [tasks.operation('a'), tasks.operation('b', { dependencies: ['a'] })];
  return JSON.stringify({ name: 'flow', operations });
};

const DONE = [
  { id: 'a', status: 'completed', attempts: 1 },
  { id: 'b', status: 'completed', attempts: 1 },
];

describe.runIf(canLimit)('who can open no more files starts nothing, says why, and goes on by itself', () => {
  // With one it can read one file after the other, but start nothing; with none it cannot even read how a task ended.
  test.for([1, 0])('an orchestrator that can open %i', async (more, { home, provisioning, tasks }) => {
    home.write('flow.json', flow(tasks));
    const id = (await provisioning('workflow submit flow.json --quiet')).stdout.trim();
    const a = await tasks.began('a');
    const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
    const restore = leaveFiles(Number(pid), more);
    a.tell({ exit: 0 });
    const events = async () => (await provisioning(`workflow events ${id}`)).stdout;
    await expect.poll(events, { timeout: 20_000 }).toContain(LACKING);
    const log = async () => (await provisioning('orchestrator logs')).stdout;
    await expect.poll(log, { timeout: 20_000 }).toContain(LACKING);
    if (more > 0) {
      const why = `workflow why ${id} b`;
      await expect
        .poll(async () => (await provisioning(why)).stdout)
        .toContain('b is ready and starts at the next opp');
      expect((await provisioning(why)).stdout).toContain(LACKING);
    }
    restore();
    (await tasks.began('b')).tell({ exit: 0 });
    expect((await provisioning(`workflow monitor ${id}`)).code).toBe(0);
    expect((await provisioning(`workflow status ${id} --json`)).json<RunDocument>().tasks).toMatchObject(DONE);
    expect((await provisioning('orchestrator status --json')).json<StatusDocument>().pid).toBe(pid);
    await provisioning('orchestrator stop');
  });

  test('a command that works directly', async ({ home, begin, provisioning, tasks }) => {
    home.write('flow.json', flow(tasks));
    const running = begin('workflow run flow.json --json');
    const a = await tasks.began('a');
    const restore = leaveFiles(Number(running.child.pid), 1);
    a.tell({ exit: 0 });
    const events = async () => (await provisioning('workflow events @latest')).stdout;
    await expect.poll(events, { timeout: 20_000 }).toContain(LACKING);
    restore();
    (await tasks.began('b')).tell({ exit: 0 });
    const { code, stdout } = await running.ended;
    expect([code, (JSON.parse(stdout) as RunDocument).tasks]).toMatchObject([0, DONE]);
  });
});
