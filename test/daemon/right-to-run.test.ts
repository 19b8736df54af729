import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLocks } from '../../src/adapters/system/locks.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import type { Home } from '../rig/daemon.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.close());

test('the right to run outlives a hundred collections of garbage', async () => {
  mkdirSync(home.paths.dataDir, { mode: 0o700 });
  const program = join(import.meta.dirname, '..', 'rig', 'hold-lock.ts');
  const child = spawn(process.execPath, ['--expose-gc', program, home.paths.daemonLock], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (piece) => resolve(String(piece))));
  expect(said).toBe('collected\n');
  expect(createLocks().acquire(home.paths.daemonLock)).toBeUndefined();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin.end();
  await ended;
  const lock = createLocks().acquire(home.paths.daemonLock);
  expect(lock).toBeDefined();
  lock?.release();
});

test('fifty who submit at once with the same key get the same run', async () => {
  const operations = [{ id: 'a', type: 'command.run', params: { argv: ['true'] } }];
  const clients = await Promise.all(Array.from({ length: 50 }, () => home.client()));
  const answers = await Promise.all(
    clients.map((client) => client.submit({ workflow: { name: 'w', operations } }, 'k')),
  );
  expect(new Set(answers.map((answer) => valueOf(answer).workflow_id)).size).toBe(1);
  const [client] = clients;
  if (client === undefined) throw new Error('there is none');
  expect(valueOf(await client.reads.runs())).toHaveLength(1);
  const other = await client.submit({ workflow: { name: 'other', operations } }, 'k');
  expect(other).toMatchObject({ ok: false, error: { code: 'conflict' } });
});
