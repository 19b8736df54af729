import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { StatusDocument } from '../../src/api/responses.ts';
import { test } from '../rig/cli-test.ts';

const MB = 1024 * 1024;

const residentBytes = (pid: number | null): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

test('a task that prints 200 MB costs its orchestrator nothing, and its log has beginning and end', async ({
  home,
  provisioning,
}) => {
  const script = 'echo first; yes "some forty characters of a line, at most" | head -c 200000000; echo; echo last';
  const flow = (id: string, text: string) => {
    const operations = [{ id, type: 'command.run', params: { argv: ['sh', '-c', text] } }];
    return home.write(`${id}.json`, JSON.stringify({ name: id, operations }));
  };
  flow('quiet', 'true');
  flow('loud', script);
  // Once for what the first run of all loads.
  await provisioning('workflow submit quiet.json --wait');
  const { pid } = (await provisioning('orchestrator status --json')).json<StatusDocument>();
  const before = residentBytes(pid);
  expect((await provisioning('workflow submit loud.json --wait')).code).toBe(0);
  // What V8 will collect is no cost.
  await expect.poll(() => residentBytes(pid) - before).toBeLessThan(30 * MB);
  const log = await provisioning('workflow logs @latest loud');
  expect(log.stdout.startsWith('first\nsome forty')).toBe(true);
  expect(log.stdout).toMatch(/\n\[… 1\d{8} bytes were left out here …\]\nsome forty/);
  expect(log.stdout.endsWith('\nlast\n')).toBe(true);
  expect(log.stdout.length).toBeLessThan(60 * MB);
  const data = await provisioning('workflow logs @latest loud --json');
  expect(data.json()).toMatchObject([{ id: 'loud', truncated: true }]);
});
