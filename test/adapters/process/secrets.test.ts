import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecrets } from '../../../src/adapters/process/secrets.ts';
import type { Failure } from '../../../src/domain/failure.ts';
import type { Result } from '../../../src/domain/result.ts';
import { temporaryPaths } from '../../rig/engine.ts';

let home: ReturnType<typeof temporaryPaths>;

beforeEach(() => {
  home = temporaryPaths();
});

afterEach(() => {
  home.remove();
});

const place = () => ({ workspace: home.root, environment: { PATH: '/usr/bin:/bin', ASKED: 'for it' } });
const said = (result: Result<string, Failure>): string => (result.ok ? `ok: ${result.value}` : result.error.message);
const file = async (path: string) => said(await createSecrets().file(path, place()));
const shell = async (script: string, timeoutMs?: number) =>
  said(await createSecrets(timeoutMs === undefined ? {} : { timeoutMs }).command(['sh', '-c', script], place()));

test('a file gives its content without the end of its last line', async () => {
  writeFileSync(`${home.root}/a`, 'one\ntwo\n');
  writeFileSync(`${home.root}/b`, ' kept \r\n');
  expect(await file('a')).toBe('ok: one\ntwo');
  expect(await file(`${home.root}/b`)).toBe('ok:  kept ');
});

test('what is no file with a value says why, and never blocks', async () => {
  mkdirSync(`${home.root}/folder`);
  execFileSync('mkfifo', [`${home.root}/pipe`]);
  writeFileSync(`${home.root}/empty`, '\n');
  writeFileSync(`${home.root}/nul`, 'a\0b');
  writeFileSync(`${home.root}/long`, 'x'.repeat(65_537));
  expect(await Promise.all(['missing', 'folder', 'pipe', 'empty', 'nul', 'long'].map(file))).toEqual([
    'there is no such file',
    'it is no file',
    'it is no file',
    'it is empty',
    'it contains a NUL character',
    'it has more than 64 KiB',
  ]);
});

test('a program gives what it prints, in the workspace and with the environment of the run', async () => {
  expect(await shell('echo "$ASKED in $(pwd)"')).toBe(`ok: for it in ${home.root}`);
  expect(await shell('cat; echo no input')).toBe('ok: no input');
});

test('a program that fails says how, and nothing that it printed as its value', async () => {
  expect(await shell('echo secret; echo locked >&2; exit 3')).toBe('its program ended with exit code 3: locked');
  expect(await shell('true')).toBe('it is empty');
  expect(await shell('yes')).toBe('it has more than 64 KiB');
  expect(await shell('exec sleep 60', 50)).toBe('its program did not end within 0.05 s');
  expect(said(await createSecrets().command(['no-such-program'], place()))).toBe(
    'its program could not be started (ENOENT)',
  );
});
