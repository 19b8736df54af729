import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLocks } from '../../../src/adapters/system/locks.ts';

/** SQLite's own, for tests that come between. */
const exec: unknown = Reflect.get(DatabaseSync.prototype, 'exec');
const between = (act: () => void): void => {
  Reflect.set(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    act();
    Reflect.apply(exec as () => void, this, [sql]);
  });
};

let folder: string;
const locks = createLocks();

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/provisioning-test-`);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a lock that is held is not removed, and one that is free is', () => {
  const file = `${folder}/a.lock`;
  const lock = locks.acquire(file);
  expect(locks.remove(file)).toBe(false);
  expect(locks.isHeld(file)).toBe(true);
  lock?.release();
  expect(existsSync(file)).toBe(true);
  expect(locks.remove(file)).toBe(true);
  expect(existsSync(file)).toBe(false);
  expect(locks.isHeld(file)).toBe(false);
  expect(locks.remove(file)).toBe(true);
});

test('a lock whose file is removed between its opening and its taking is taken on a file that others see', () => {
  const file = `${folder}/b.lock`;
  let removed = false;
  // The instant at which another process removes the file: it is open here, and not locked yet.
  between(() => {
    if (!removed) rmSync(file);
    removed = true;
  });
  try {
    const lock = locks.acquire(file);
    expect(lock).toBeDefined();
    expect(removed && existsSync(file)).toBe(true);
    lock?.release();
  } finally {
    Reflect.set(DatabaseSync.prototype, 'exec', exec);
  }
});

test('of a holder that was killed nothing is left', async () => {
  const file = `${folder}/d.lock`;
  const locksModule = new URL('../../../src/adapters/system/locks.ts', import.meta.url).href;
  const script = `const { createLocks } = await import(${JSON.stringify(locksModule)});
    createLocks().acquire(${JSON.stringify(file)}); process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
  expect(readdirSync(folder)).toContain('d.lock');
  expect(locks.isHeld(file)).toBe(false);
  expect(locks.remove(file)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test('a lock that is removed while somebody looks at it is free', () => {
  const file = `${folder}/c.lock`;
  locks.acquire(file)?.release();
  between(() => {
    rmSync(file, { force: true });
  });
  try {
    expect(locks.isHeld(file)).toBe(false);
  } finally {
    Reflect.set(DatabaseSync.prototype, 'exec', exec);
  }
});
