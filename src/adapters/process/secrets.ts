import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { SecretPlace, Secrets } from '../../ports/secrets.ts';

/** The environment of a process holds little more for a single variable. */
const LIMIT_BYTES = 64 * 1024;
/** A program that asks a person never ends. */
const TIMEOUT_MS = 30_000;

export const createSecrets = ({ timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Secrets => ({
  file: async (path, { workspace }) => {
    try {
      const file = resolve(workspace, path);
      const { size, isFile } = await describe(file);
      if (!isFile) return refuse('it is no file');
      return size > LIMIT_BYTES ? refuse(TOO_LONG) : accept(await readFile(file, 'utf8'));
    } catch (error) {
      return refuse(codeOf(error) === 'ENOENT' ? 'there is no such file' : `it cannot be read (${codeOf(error)})`);
    }
  },
  command: (argv, place) => run(argv, place, timeoutMs),
});

/** What a reference says is right, what is there is not. */
const refuse = (message: string): Result<string, Failure> => err(failure('config_invalid', message));

const TOO_LONG = `it has more than ${LIMIT_BYTES / 1024} KiB`;

async function describe(file: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(file);
  return { size: found.size, isFile: found.isFile() };
}

/** Tools and editors end a file with a line feed, which is no part of a password. */
function accept(text: string): Result<string, Failure> {
  const value = text.replace(/\r?\n$/, '');
  if (value === '') return refuse('it is empty');
  return value.includes('\0') ? refuse('it contains a NUL character') : ok(value);
}

async function run(
  [program, ...args]: readonly [string, ...string[]],
  { workspace, environment }: SecretPlace,
  timeoutMs: number,
): Promise<Result<string, Failure>> {
  const { promise, resolve: finish } = Promise.withResolvers<Result<string, Failure>>();
  const options = { cwd: workspace, env: { ...environment }, timeout: timeoutMs, maxBuffer: LIMIT_BYTES };
  const child = execFile(program, args, { ...options, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
    if (error === null) return finish(accept(stdout));
    if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return finish(refuse(TOO_LONG));
    if (error.killed === true) return finish(refuse(`its program did not end within ${timeoutMs / 1000} s`));
    if (typeof error.code !== 'number') return finish(refuse(`its program could not be started (${codeOf(error)})`));
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
    return finish(refuse(`its program ended with exit code ${error.code}${said === '' ? '' : `: ${said}`}`));
  });
  child.stdin?.end();
  return promise;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
