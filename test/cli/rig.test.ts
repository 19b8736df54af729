import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome } from '../rig/home.ts';
import { closeHome, processesOf } from '../rig/leaks.ts';
import { run } from '../rig/program.ts';

test('a test that leaves a process behind fails, and the process is ended', async () => {
  const home = makeHome();
  const child = spawn('sleep', ['600'], { env: home.env, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await expect(closeHome(home, 100)).rejects.toThrow(`left behind: ${child.pid} sleep 600`);
  await gone;
  expect(existsSync(home.root)).toBe(false);
});

test('an orchestrator is no leak: it is stopped in the ordinary way', async () => {
  const home = makeHome();
  await run(home, ['orchestrator', 'start']);
  await expect.poll(() => processesOf(home)).toHaveLength(1);
  await closeHome(home);
  expect(processesOf(home)).toEqual([]);
  expect(existsSync(home.root)).toBe(false);
});

const RUN_STEPS = resolve(import.meta.dirname, '../rig/run-steps.ts');

/** Tests that fail at their first start, and in CI are started again. */
const VERIFIED = [
  [
    'passes when it is run again',
    'slow.test.ts',
    0,
    /⚠ passed only when run again: .*slow.test.ts: it\n[^]*\n1 passed, 0 failed/,
  ],
  ['fails again', 'wrong.test.ts', 1, /⚠ run again by themselves: .*wrong.test.ts\n[^]*\n0 passed, 1 failed/],
  ['found by chance what is wrong', 'random.test.ts', 1, /^(?![^]*⚠)[^]*\n0 passed, 1 failed/],
] as const;

test.each(VERIFIED)('a test that %s (%s): CI ends with %i, and says so', (_, file, code, said) => {
  const home = makeHome();
  const seen = JSON.stringify(`${home.root}/seen`);
  const once = `const fs = process.getBuiltinModule('node:fs');
    test('it', () => {
      if (fs.existsSync(${seen})) return;
      fs.writeFileSync(${seen}, '');
      throw new Error('slow');
    });`;
  home.write(file, file === 'wrong.test.ts' ? `test('it', () => { throw new Error('wrong') })` : once);
  const argv = ['vitest', 'run', '--globals', '--root', home.workspace];
  const program = `const { verify } = await import(process.argv[1]); process.exitCode = verify(JSON.parse(process.argv[2]))`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, RUN_STEPS, JSON.stringify([{ name: 'some', argv, again: argv }])],
    { env: { ...home.env, CI: 'true', NO_COLOR: '1' }, encoding: 'utf8' },
  );
  expect(`${stderr}\n${stdout}`).toMatch(said);
  expect(status).toBe(code);
  return closeHome(home);
});
