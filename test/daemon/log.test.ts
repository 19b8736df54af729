import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../src/daemon/log.ts';
import { socketPlace } from '../../src/client/socket-path.ts';
import { sameToken, taskToken } from '../../src/daemon/task-token.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provisioning-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a million bytes times sixty make four files of at most ten megabytes', () => {
  const file = join(folder, 'daemon.log');
  const log = createLog(file, () => 0);
  for (let line = 0; line < 60; line += 1) log.write('line', { line, text: 'x'.repeat(1_000_000) });
  log.close();
  const names = readdirSync(folder);
  expect(new Set(names)).toEqual(new Set(['daemon.log', 'daemon.log.1', 'daemon.log.2', 'daemon.log.3']));
  for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(10 * 1024 * 1024);
  const last = readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ at: '1970-01-01T00:00:00.000Z', event: 'line', line: 59 });
});

test('a log that cannot be written is no trouble for the work', () => {
  const log = createLog(join(folder, 'missing', 'daemon.log'), () => 0);
  log.write('line');
  log.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('the socket lies in the state folder as long as its path has at most 100 bytes', () => {
  const fits = `/${'x'.repeat(87)}`;
  expect(socketPlace(fits, 7)).toEqual({ path: `${fits}/daemon.sock`, folder: null });
  expect(Buffer.byteLength(`${fits}/daemon.sock`)).toBe(100);
  expect(socketPlace(`${fits}x`, 7)).toMatchObject({ folder: '/tmp/provisioning-7' });
  expect(socketPlace(`/${'ü'.repeat(44)}`, 7)).toMatchObject({ folder: '/tmp/provisioning-7' });
  expect(socketPlace(`${fits}y`, 7).path).not.toBe(socketPlace(`${fits}x`, 7).path);
});

test("a task's token is its own, and that of one attempt", () => {
  const own = taskToken('secret', 'a', 1);
  expect(taskToken('secret', 'a', 1)).toBe(own);
  expect(
    new Set([own, taskToken('secret', 'a', 2), taskToken('secret', 'b', 1), taskToken('other', 'a', 1)]).size,
  ).toBe(4);
  expect([sameToken(own, own), sameToken(own, `${own}x`), sameToken('', own)]).toEqual([true, false, false]);
});
