import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { test } from '../rig/cli-test.ts';
import type { Home } from '../rig/home.ts';
import { processesOf } from '../rig/leaks.ts';
import { programArgv } from '../rig/program.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

/** Of all threads of a process: how often each went to sleep by itself, which is how often it was woken. */
function wakeUps(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => /^voluntary_ctxt_switches:\s*(\d+)/m.exec(read(`/proc/${pid}/task/${thread}/status`))?.[1])
    .reduce((sum, count) => sum + Number(count), 0);
}

/** In hundredths of a second. */
function cpu(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

test('an idle orchestrator costs nothing: no timer under a second', async ({ provisioning }) => {
  const { pid } = (await provisioning('orchestrator start --json')).json<{ pid: number }>();
  await pause(3000);
  const [wakeUpsBefore, cpuBefore] = [wakeUps(pid), cpu(pid)];
  await pause(10_000);
  // Three things look every five seconds: the sweep, the heart beat, and who listens to that.
  expect(wakeUps(pid) - wakeUpsBefore).toBeLessThan(20);
  expect(cpu(pid) - cpuBefore).toBeLessThanOrEqual(3);
});

/** Runs a script in which `$P` is the program. Resolves with what it took, in milliseconds. */
async function shell(home: Home, script: string): Promise<{ readonly ms: number; readonly code: number | null }> {
  const P = programArgv()
    .map((word) => `'${word}'`)
    .join(' ');
  const began = performance.now();
  const child = spawn('/bin/bash', ['-c', script.replaceAll('$P', P)], {
    cwd: home.workspace,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ms: performance.now() - began };
}

test.for([
  ['a command substitution', 'out=$($P orchestrator start); test -n "$out"'],
  ['a pipe', '$P orchestrator start | cat'],
  ['a pipe for both', '$P orchestrator start 2>&1 | cat'],
  ['a lock that a script holds', 'exec 200>lock; flock 200; $P orchestrator start; exec 200>&-; flock -n lock true'],
] as const)('%s does not wait for the orchestrator that it starts', async ([, script], { home }) => {
  const { code, ms } = await shell(home, script);
  expect(code).toBe(0);
  // It stays for 30 s.
  expect(ms).toBeLessThan(25_000);
  expect(processesOf(home).filter(({ line }) => line.includes('__daemon'))).toHaveLength(1);
});

test('the token is nowhere but in its file', async ({ home, provisioning, tasks }) => {
  home.write('flow.json', JSON.stringify({ name: 'flow', operations: [tasks.operation('a')] }));
  await provisioning('workflow submit flow.json');
  const a = await tasks.began('a');
  const token = read(`${home.dataDir}/token`).trim();
  expect(token).toMatch(/^[\w-]{43}$/);
  const outputs: string[] = [JSON.stringify(a.env)];
  for (const { pid } of processesOf(home)) outputs.push(read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`));
  for (const args of ['orchestrator status', 'orchestrator doctor', 'workflow list', 'workflow status @latest', 'env'])
    for (const how of ['', ' --json']) {
      const { stdout, stderr } = await provisioning(args + how);
      outputs.push(stdout, stderr);
    }
  a.tell({ exit: 0 });
  await provisioning('orchestrator stop');
  for (const name of readdirSync(home.root, { recursive: true, encoding: 'utf8' })) {
    const file = join(home.root, name);
    if (file !== `${home.dataDir}/token` && statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      outputs.push(readFileSync(file, 'latin1'));
  }
  expect(outputs.length).toBeGreaterThan(20);
  expect(outputs.filter((text) => text.includes(token))).toEqual([]);
});
