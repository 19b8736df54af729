import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Readable } from 'node:stream';
import { DAEMON_ROLE, READINESS_FD, parseReadiness } from '../api/readiness.ts';
import type { Readiness } from '../api/readiness.ts';
import { denied, isDenied } from '../config/denied.ts';
import { diskFull, isDiskFull } from '../domain/disk-full.ts';
import { failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Failure } from '../domain/failure.ts';
import { daemonEnvironment } from './environment.ts';

export interface SpawnOptions {
  /** How to start this program: the executable, and arguments that stand before ours. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  /** Where its stdout and stderr go. */
  readonly output: string;
  readonly limitMs: number;
}

/**
 * Starts an orchestrator that outlives this process. Resolves when it says that it is ready, says why it is not, or
 * has died; a process that does none of these within the limit is killed.
 */
export async function spawnDaemon(options: SpawnOptions): Promise<Result<Readiness, Failure>> {
  const lacking = lackingMount();
  if (lacking !== undefined) return err(lacking);
  const child = start(options);
  if (!child.ok) return child;
  const said = await firstLine(child.value, options.limitMs);
  child.value.unref();
  const readiness = said === 'late' ? undefined : parseReadiness(said.line);
  if (readiness !== undefined) return ok(readiness);
  const { output, limitMs } = options;
  if (said === 'late') {
    child.value.kill('SIGKILL');
    const message = `the orchestrator was not ready after ${limitMs / 1000} s and has been ended`;
    return err(failure('unavailable', message, { hint: `Its output: ${output}`, report: tailOf(output) }));
  }
  const message = said.error ?? 'the orchestrator ended before it was ready';
  return err(failure('unavailable', message, { hint: `Its output: ${output}`, report: tailOf(output) }));
}

/** In a bare root. Without `/proc` nothing would be known about the processes of tasks, and every one taken for dead. */
function lackingMount(): Failure | undefined {
  const [path, hint] = existsSync(devNull)
    ? ['/proc/self', 'Mount it: mount -t proc proc /proc']
    : [devNull, `Make it: mknod -m 666 ${devNull} c 1 3`];
  if (process.platform !== 'linux' || existsSync(path)) return undefined;
  return failure('unavailable', `the orchestrator cannot be started: this system has no ${path}`, { hint });
}

function start({ command, env, dataDir, output }: SpawnOptions): Result<ChildProcess, Failure> {
  const [program, ...before] = command;
  try {
    const log = openSync(output, 'a', 0o600);
    try {
      const child = spawn(program, [...before, DAEMON_ROLE, dataDir], {
        detached: true,
        cwd: dataDir,
        env: daemonEnvironment(env),
        stdio: ['ignore', log, log, 'pipe'],
        windowsHide: true,
      });
      return ok(child);
    } finally {
      closeSync(log);
    }
  } catch (error) {
    if (isDiskFull(error)) return err(diskFull());
    if (isDenied(error)) return err(denied(error));
    const why = error instanceof Error ? error.message : String(error);
    return err(failure('unavailable', `the orchestrator cannot be started: ${why}`));
  }
}

type Said = { readonly line: string; readonly error?: string };

/** One line, or what there was when the process closed the pipe, which it does by dying. */
function firstLine(child: ChildProcess, limitMs: number): Promise<Said | 'late'> {
  const { promise, resolve } = Promise.withResolvers<Said | 'late'>();
  const pipe = child.stdio[READINESS_FD] as Readable;
  let text = '';
  const timer = setTimeout(() => {
    resolve('late');
  }, limitMs);
  pipe.setEncoding('utf8');
  pipe.on('data', (piece: string) => {
    text += piece;
    if (text.includes('\n')) resolve({ line: text });
  });
  pipe.once('close', () => {
    resolve({ line: text });
  });
  child.once('error', (error) => {
    resolve({ line: '', error: `the orchestrator cannot be started: ${error.message}` });
  });
  return promise.finally(() => {
    clearTimeout(timer);
    pipe.destroy();
  });
}

const TAIL_CHARACTERS = 2000;

function tailOf(output: string): string | undefined {
  try {
    const text = readFileSync(output, 'utf8').trim();
    return text === '' ? undefined : text.slice(-TAIL_CHARACTERS);
  } catch {
    return undefined;
  }
}
