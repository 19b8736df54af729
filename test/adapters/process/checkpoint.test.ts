import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeeper, lastCheckpoint } from '../../../src/adapters/process/checkpoint.ts';
import { temporaryPaths } from '../../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;

beforeEach(() => {
  home = temporaryPaths();
});

afterEach(() => {
  home.remove();
});

/** An attempt's folder with these files. */
function attempt(name: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = `${home.root}/${name}`;
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(`${folder}/${file}`, text);
  return folder;
}

describe('the checkpoint that an attempt begins with', () => {
  const next = () => lastCheckpoint(`${home.root}/9-f9`);

  test('is none where no attempt saved any', () => {
    expect(next()).toBeNull();
    attempt('1-f1');
    expect(next()).toBeNull();
  });

  test('is the newest one, of whatever type', () => {
    attempt('1-f1', { 'checkpoint.json': '{"step":1}' });
    attempt('2-f2', { 'checkpoint.json': '[2]' });
    attempt('3-f3');
    expect(next()).toEqual([2]);
  });

  test('is that of the later start where two attempts have one number, and never that of a later attempt', () => {
    attempt('2-f5', { 'checkpoint.json': '5' });
    attempt('10-f3', { 'checkpoint.json': '3' });
    attempt('2-f6', { 'checkpoint.json': '6' });
    expect(next()).toBe(6);
    expect(lastCheckpoint(`${home.root}/3-f4`)).toBe(3);
  });

  test('is the older one where the newest is torn, is no file, or is empty', () => {
    attempt('1-f1', { 'checkpoint.json': '"good"' });
    attempt('2-f2', { 'checkpoint.json': '{"step":' });
    attempt('3-f3', { 'checkpoint.json': '' });
    execFileSync('mkfifo', [`${attempt('4-f4')}/checkpoint.json`]);
    mkdirSync(`${attempt('5-f5')}/checkpoint.json`);
    expect(next()).toBe('good');
  });

  test('is the copy that was kept, where the file itself is torn', () => {
    attempt('1-f1', { 'checkpoint.json': '1' });
    attempt('2-f2', { 'checkpoint.json': '{"st', 'checkpoint.saved.json': '2' });
    expect(next()).toBe(2);
  });

  test('is none after an attempt that ended well: what is done again begins anew', () => {
    attempt('1-f1', { 'checkpoint.json': '1' });
    attempt('2-f2', { 'checkpoint.json': '2', claim: '\nexit 0\n' });
    expect(next()).toBeNull();
    attempt('3-f3', { 'checkpoint.json': '3', claim: '\nexit 1\n' });
    expect(next()).toBe(3);
  });
});

describe('keeping checkpoints', () => {
  const saved = (folder: string): string | undefined =>
    existsSync(`${folder}/checkpoint.saved.json`) ? readFileSync(`${folder}/checkpoint.saved.json`, 'utf8') : undefined;
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = Date.now() + 60_000;
    while (!condition() && Date.now() < deadline) await delay(5);
    expect(condition()).toBe(true);
  };

  test('copies what is whole while a task runs, and leaves the copy when the next one is torn', async () => {
    const folder = attempt('1-f1', { 'checkpoint.json': '{"step":1}' });
    const release = createKeeper(10).keep(folder);
    await until(() => saved(folder) === '{"step":1}');
    writeFileSync(`${folder}/checkpoint.json`, '{"step":22}');
    await until(() => saved(folder) === '{"step":22}');
    writeFileSync(`${folder}/checkpoint.json`, '{"st');
    release();
    expect(saved(folder)).toBe('{"step":22}');
  });

  test('copies once more when the attempt has ended, however long the interval is', () => {
    const folder = attempt('1-f1');
    const release = createKeeper(3_600_000).keep(folder);
    writeFileSync(`${folder}/checkpoint.json`, '7');
    release();
    expect(saved(folder)).toBe('7');
  });

  test('does nothing for a task that saves nothing', () => {
    const folder = attempt('1-f1');
    createKeeper(3_600_000).keep(folder)();
    expect(saved(folder)).toBeUndefined();
  });
});
