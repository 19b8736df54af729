import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { costAtRest } from '../rig/at-rest.ts';
import { statusOf, test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { processesOf } from '../rig/leaks.ts';
import { text } from '../rig/processes.ts';
import { programLine } from '../rig/program.ts';

test('an idle orchestrator costs nothing: no timer under a second', async ({ provisioning }) => {
  const { pid } = (await provisioning('orchestrator start --json')).json<{ pid: number }>();
  // Three things look every five seconds: the sweep, the heart beat, and who listens to that.
  const { woken, ticks } = await costAtRest(pid, { woken: 20, ticks: 4 });
  expect(woken).toBeLessThan(20);
  expect(ticks).toBeLessThan(4);
});

/** Runs a script in which `$P` is the program. Resolves with its exit code once its stdout is closed too. */
async function shell(home: Home, script: string): Promise<number | null> {
  const child = spawn('/bin/bash', ['-c', script.replaceAll('$P', programLine())], {
    cwd: home.workspace,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  return new Promise((resolve) => child.once('close', resolve));
}

test.for([
  ['a command substitution', 'out=$($P orchestrator start); test -n "$out"'],
  ['a pipe', '$P orchestrator start | cat'],
  ['a pipe for both', '$P orchestrator start 2>&1 | cat'],
  ['a lock that a script holds', 'exec 200>lock; flock 200; $P orchestrator start; exec 200>&-; flock -n lock true'],
] as const)('%s does not wait for the orchestrator that it starts', async ([, script], { home }) => {
  expect(await shell(home, script)).toBe(0);
  // It leaves after two minutes of idleness: who had waited for it would not find it any more.
  await expect.poll(() => processesOf(home).filter(({ line }) => line.includes('__daemon'))).toHaveLength(1);
});

test('the token is nowhere but in its file', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const token = readFileSync(`${home.dataDir}/token`, 'utf8').trim();
  expect(token).toMatch(/^[\w-]{43}$/);
  const outputs: string[] = [JSON.stringify(a.env)];
  for (const { pid } of processesOf(home)) outputs.push(text(`/proc/${pid}/cmdline`), text(`/proc/${pid}/environ`));
  for (const args of ['orchestrator status', 'orchestrator doctor', 'workflow list', 'workflow status @latest', 'env'])
    for (const how of ['', ' --json']) {
      const { stdout, stderr } = await provisioning(args + how);
      outputs.push(stdout, stderr);
    }
  a.tell({ exit: 0 });
  await expect.poll(() => statusOf(provisioning)).toBe('completed');
  await provisioning('orchestrator stop');
  for (const name of readdirSync(home.root, { recursive: true, encoding: 'utf8' })) {
    const file = join(home.root, name);
    if (file !== `${home.dataDir}/token` && statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      outputs.push(readFileSync(file, 'latin1'));
  }
  expect(outputs.length).toBeGreaterThan(20);
  expect(outputs.filter((output) => output.includes(token))).toEqual([]);
});
