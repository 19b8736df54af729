import { once } from 'node:events';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';

test('logs shows what the orchestrator did, as text and as NDJSON', async ({ provisioning }) => {
  expect(await provisioning('orchestrator logs')).toMatchObject({ code: 0, stdout: '' });
  await provisioning('orchestrator start');
  await provisioning('orchestrator stop');
  expect((await provisioning('orchestrator logs')).stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}ready {2}/);
  const lines = (await provisioning('orchestrator logs --json --tail 2')).stdout.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['leaving', 'left']);
});

test('logs -f goes on over a log that was turned, until Ctrl-C, and nothing is shown twice', async ({
  home,
  begin,
  provisioning,
}) => {
  await provisioning('orchestrator start');
  await provisioning('orchestrator stop');
  const log = `${home.dataDir}/daemon.log`;
  const line = (event: string): string => `${JSON.stringify({ at: new Date().toISOString(), event })}\n`;
  const following = begin('orchestrator logs -f --json --tail 0');
  let seen = '';
  following.child.stdout.on('data', (piece: string) => (seen += piece));
  await expect.poll(() => (appendFileSync(log, line('probe')), seen)).toContain('probe');
  appendFileSync(log, line('before'));
  renameSync(log, `${log}.1`);
  writeFileSync(log, line('after'));
  while (!seen.includes('after')) await once(following.child.stdout, 'data');
  following.child.kill('SIGINT');
  expect((await following.ended).code).toBe(130);
  const events = seen
    .trim()
    .split('\n')
    .map((text) => (JSON.parse(text) as { event: string }).event);
  expect(events.filter((event) => event !== 'probe')).toEqual(['before', 'after']);
});
