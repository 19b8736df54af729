import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeHome } from '../rig/home.ts';
import { closeHome, processesOf } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';

test('a test that leaves a process behind fails, and the process is ended', async () => {
  const home = makeHome();
  const child = spawn('sleep', ['600'], { env: home.env, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await expect(closeHome(home)).rejects.toThrow(`left behind: ${child.pid} sleep 600`);
  await gone;
  expect(existsSync(home.root)).toBe(false);
});

test('an orchestrator is no leak: it is stopped in the ordinary way', async () => {
  const home = makeHome();
  await run(home, ['orchestrator', 'start']);
  expect(processesOf(home)).toHaveLength(1);
  await closeHome(home);
  expect(processesOf(home)).toEqual([]);
  expect(existsSync(home.root)).toBe(false);
});
