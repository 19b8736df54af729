import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLocks } from '../../src/adapters/system/locks.ts';
import { makeHome, valueOf } from '../rig/daemon.ts';
import { killed } from '../rig/processes.ts';
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

test(
  'of many processes that want an orchestrator at once, one begins one, whoever is killed: no second is ever begun',
  { timeout: 240_000 },
  async () => {
    const program = join(import.meta.dirname, '..', 'rig', 'start-client.ts');
    const starts = join(home.root, 'starts');
    const start = (): Promise<string> => {
      const child = spawn(process.execPath, [program, home.paths.dataDir, starts], {
        env: home.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
      return once(child, 'close').then(() => said.trim());
    };
    for (let round = 1; round <= 4; round += 1) {
      const said = await Promise.all(Array.from({ length: 25 }, start));
      expect(new Set(said)).toEqual(new Set(['healthy']));
      expect(readFileSync(starts, 'utf8').match(/started/g)).toHaveLength(round);
      await killed(home.descriptor()?.pid ?? 0);
    }
  },
);

test('a second one finds the right to run taken, and leaves without a word to anybody but who started it', async () => {
  valueOf(await (await home.client()).start());
  const program = join(import.meta.dirname, 'fixtures', 'orchestrator.ts');
  const second = spawn(process.execPath, [program, '__daemon', home.paths.dataDir], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = ['', '', '', ''];
  for (const fd of [1, 2, 3]) second.stdio[fd]?.on('data', (piece: Buffer) => (texts[fd] += piece.toString()));
  const [code] = await once(second, 'close');
  expect({ code, texts }).toEqual({ code: 0, texts: ['', '', '', '{"already_running":true}\n'] });
  // Whoever has the right writes there; a disk may hold that one up meanwhile.
  const events = readFileSync(home.paths.log, 'utf8').match(/"event":"\w+"/g);
  expect(events?.filter((event) => event !== '"event":"blocked"')).toEqual(['"event":"ready"']);
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
