import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { PROTOCOL } from '../../src/api/version.ts';
import { test } from '../rig/cli-test.ts';
import { makeRelease } from '../rig/release.ts';
import type { Release } from '../rig/release.ts';

/** The release before this one, the one after it, and both with a protocol of their own. */
let older: Release;
let newer: Release;
let oldStranger: Release;
let newStranger: Release;
beforeAll(() => {
  const { min, max } = PROTOCOL;
  older = makeRelease('0.0.9', { min: min - 1, max });
  newer = makeRelease('99.0.0', { min, max: max + 1 });
  oldStranger = makeRelease('0.0.9', { min: min - 1, max: min - 1 });
  newStranger = makeRelease('99.0.0', { min: max + 1, max: max + 2 });
});
afterAll(() => {
  for (const release of [older, newer, oldStranger, newStranger]) release.remove();
});

interface Started {
  readonly pid: number;
  readonly version: string;
}

test('a newer command puts itself in the place of an older orchestrator that is idle, once, and says nothing', async ({
  provisioning,
}) => {
  const { program } = older;
  const before = (await provisioning('orchestrator start --json', { program })).json<Started>();
  expect(before.version).toBe('0.0.9');
  const commands = Array.from({ length: 5 }, () => provisioning('orchestrator start --json'));
  const after = await Promise.all(commands);
  expect(after.map(({ code, stderr }) => ({ code, stderr }))).toEqual(after.map(() => ({ code: 0, stderr: '' })));
  const pids = new Set(after.map((ran) => ran.json<Started>().pid));
  expect(pids.size).toBe(1);
  expect(pids).not.toContain(before.pid);
});

test('also where they have no protocol in common', async ({ provisioning }) => {
  const { program } = oldStranger;
  const before = (await provisioning('orchestrator start --json', { program })).json<Started>();
  const after = (await provisioning('orchestrator start --json')).json<Started>();
  expect(after.version).not.toBe(before.version);
  expect(after.pid).not.toBe(before.pid);
});

test('an older orchestrator that is busy is used as it is', async ({ home, provisioning, tasks }) => {
  const { program } = older;
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json', { program });
  const a = await tasks.began('a');
  const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  expect((await provisioning('workflow submit flow.json --key another')).code).toBe(0);
  const again = await tasks.began('a');
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ pid, version: '0.0.9' });
  for (const task of [a, again]) task.tell({ exit: 0 });
});

test('a busy one that does not understand us is left alone: exit 75 names both versions and its tasks', async ({
  home,
  provisioning,
  tasks,
}) => {
  const { program } = oldStranger;
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json', { program });
  const a = await tasks.began('a');
  const refused = await provisioning('workflow submit flow.json');
  expect(refused.code).toBe(75);
  expect(refused.stderr).toMatch(/version 0\.0\.9 .*this program has version \d+\.\d+\.\d+ .*1 running/);
  expect(refused.stderr).toContain('orchestrator restart --drain');
  expect(tasks.running()).toEqual(['a']);
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ running: true, version: '0.0.9' });
  a.tell({ exit: 0 });
});

test('an older command never stops a newer orchestrator: fifty turns, one pid', async ({ provisioning }) => {
  const pids = new Set<number>();
  for (let round = 0; round < 50; round += 1) {
    const program = round % 2 === 0 ? newer.program : undefined;
    const started = await provisioning('orchestrator start --json', { program });
    expect(started.code).toBe(0);
    pids.add(started.json<Started>().pid);
  }
  expect(pids.size).toBe(1);
  const restarted = await provisioning('orchestrator restart');
  expect(restarted.code).toBe(75);
  expect(restarted.stderr).toContain('99.0.0');
  await provisioning('orchestrator stop');
});

test('one that is newer and does not understand us is not stopped either, idle as it may be', async ({
  provisioning,
}) => {
  const { program } = newStranger;
  const { pid } = (await provisioning('orchestrator start --json', { program })).json<Started>();
  for (const args of ['orchestrator start', 'orchestrator stop', 'orchestrator restart'])
    expect(await provisioning(args)).toMatchObject({ code: 75 });
  expect((await provisioning('orchestrator status --json')).json()).toMatchObject({ pid });
  expect((await provisioning('orchestrator stop', { program })).code).toBe(0);
});

test('one that was started by hand is not replaced: its end is not ours to decide', async ({ begin, provisioning }) => {
  const { program } = older;
  const serving = begin('orchestrator run', { program });
  await expect.poll(async () => (await provisioning('orchestrator status')).code).toBe(0);
  expect((await provisioning('orchestrator start --json')).json()).toMatchObject({ pid: serving.child.pid });
  const restarted = await provisioning('orchestrator restart');
  expect(restarted.code).toBe(6);
  expect(restarted.stderr).toContain('Restart it there');
  serving.child.kill('SIGTERM');
  expect((await serving.ended).code).toBe(0);
});

test('on somebody else’s orchestrator the same rules hold, but it is never started, stopped or replaced', async ({
  begin,
  home,
  provisioning,
}) => {
  const serving = begin('orchestrator run', { program: older.program, env: { PROVISIONING_SERVER_PORT: '0' } });
  await expect.poll(async () => (await provisioning('orchestrator status')).code).toBe(0);
  const { endpoint } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const env = {
    PROVISIONING_ORCHESTRATOR_ENDPOINT: endpoint ?? '',
    PROVISIONING_TOKEN_FILE: `${home.dataDir}/token`,
    PROVISIONING_STORAGE_DATA_DIR: `${home.root}/elsewhere`,
  };
  home.write('flow.json', '{"name":"flow","operations":[{"id":"a","type":"command.run","params":{"argv":["true"]}}]}');
  const status = await provisioning('orchestrator status --json', { env });
  expect(status.json()).toMatchObject({ running: true, version: '0.0.9', pending_restart: [] });
  expect((await provisioning('workflow submit flow.json --wait', { env })).code).toBe(0);
  for (const args of ['orchestrator stop', 'orchestrator restart'])
    expect(await provisioning(args, { env })).toMatchObject({ code: 6 });
  const stranger = await provisioning('workflow submit flow.json', { env, program: newStranger.program });
  expect(stranger).toMatchObject({ code: 75, stderr: expect.stringContaining('0.0.9') });
  serving.child.kill('SIGTERM');
  expect((await serving.ended).code).toBe(0);
  expect((await provisioning('workflow submit flow.json', { env })).code).toBe(10);
  expect((await provisioning('orchestrator status', { env })).code).not.toBe(0);
  expect(existsSync(`${home.root}/elsewhere`)).toBe(false);
});
