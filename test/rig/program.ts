import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Home } from './home.ts';

export interface RunOptions {
  readonly cwd?: string | undefined;
  /** On top of the home's; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly input?: string | undefined;
  /** Another build of the program. */
  readonly program?: readonly [string, ...string[]] | undefined;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout as the one JSON document that it has to be; what kind of one is the test's to say. */
  // oxlint-disable-next-line no-unnecessary-type-parameters
  json<T>(): T;
}

/** A program that runs: for what happens while it does. */
export interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ran>;
  /** Resolves when stderr (where progress goes) has matched. */
  saw(pattern: RegExp): Promise<void>;
}

/** `PROVISIONING_TEST_BINARY` names another build of the program: the single file. */
export function programArgv(): readonly [string, ...string[]] {
  const binary = process.env['PROVISIONING_TEST_BINARY'];
  if (binary !== undefined && binary !== '') return [binary];
  return [process.execPath, join(import.meta.dirname, '..', '..', 'bin', 'provisioning.js')];
}

/** What starts the program, for a shell. */
export const programLine = (...args: readonly string[]): string =>
  [...programArgv(), ...args].map((word) => `'${word}'`).join(' ');

/** Makes a file that starts the program, under whatever name users call it by. */
export function writeProgram(file: string): void {
  writeFileSync(file, `#!/bin/sh\nexec ${programLine()} "$@"\n`, { mode: 0o755 });
}

/** A folder for PATH in which the program is called as users call it. */
export function programFolder({ root }: Pick<Home, 'root'>): string {
  const folder = join(root, 'bin');
  mkdirSync(folder, { recursive: true });
  writeProgram(join(folder, 'provisioning'));
  return folder;
}

/** Runs the real program to its end. */
export function run(home: Home, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return start(home, args, options).ended;
}

export function start(home: Home, args: readonly string[], { cwd, env, input, program }: RunOptions = {}): Started {
  const [file, ...before] = program ?? programArgv();
  const child = spawn(file, [...before, ...args], {
    cwd: cwd ?? home.workspace,
    env: { ...home.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (piece: string) => (texts[name] += piece));
  }
  const ended = once(child, 'close').then(([code]): Ran => {
    return { code: typeof code === 'number' ? code : null, ...texts, json: () => parse(texts, args) as never };
  });
  return { child, ended, saw: (pattern) => seen(child.stderr, () => texts.stderr, { pattern, ended }) };
}

function parse({ stdout, stderr }: { stdout: string; stderr: string }, args: readonly string[]): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${args.join(' ')} printed no JSON document:\n${stdout}\n${stderr}`);
  }
}

interface Watch {
  readonly pattern: RegExp;
  readonly ended: Promise<Ran>;
}

async function seen(stream: Readable, text: () => string, { pattern, ended }: Watch): Promise<void> {
  while (!pattern.test(text())) {
    const end = await Promise.race([once(stream, 'data'), ended]);
    if (!Array.isArray(end) && !pattern.test(text())) throw new Error(`${pattern} was never printed:\n${text()}`);
  }
}
