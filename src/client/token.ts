import { linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { quoteWord } from '../domain/quote.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

const PATTERN = /^[A-Za-z0-9_-]{43,256}$/;

/** The user's token, one line in a file that only the user may read; made by whoever needs it first. */
export function ensureToken(file: string): Result<string, Failure> {
  const found = readToken(file);
  if (!found.ok || found.value !== undefined) return found.ok ? ok(found.value ?? '') : found;
  create(file);
  const made = readToken(file);
  if (!made.ok) return made;
  return made.value === undefined ? err(unusable(file, 'it vanished')) : ok(made.value);
}

/** `undefined`: there is none. */
export function readToken(file: string): Result<string | undefined, Failure> {
  const status = lstatSync(file, { throwIfNoEntry: false });
  if (status === undefined) return ok(undefined);
  if (!status.isFile()) return err(unusable(file, 'it is no plain file'));
  if (process.getuid !== undefined && status.uid !== process.getuid())
    return err(unusable(file, 'another user owns it'));
  if (process.platform !== 'win32' && (status.mode & 0o077) !== 0)
    return err(exposed(file, (status.mode & 0o777).toString(8)));
  return readGivenToken(file);
}

/** A token that was handed out: who else may read the file is the matter of whoever did. */
export function readGivenToken(file: string): Result<string, Failure> {
  try {
    const token = readFileSync(file, 'utf8').trim();
    return PATTERN.test(token) ? ok(token) : err(unusable(file, 'it does not hold a token'));
  } catch (error) {
    return err(unusable(file, error instanceof Error && 'code' in error ? String(error.code) : String(error)));
  }
}

/** A name that is linked is there with all of its content, or not at all; a second one does not replace it. */
function create(file: string): void {
  const draft = `${file}.${random(6).toString('hex')}`;
  writeFileSync(draft, `${random(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** By the global: importing `node:crypto` takes longer than the rest of a command that only reads a token. */
const random = (bytes: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)));

const exposed = (file: string, mode: string): Failure =>
  failure('config_invalid', `the token file ${file} cannot be used: others may read or write it (mode ${mode})`, {
    hint: `Run: chmod 600 ${quoteWord(file)}`,
  });

const unusable = (file: string, reason: string): Failure =>
  failure('config_invalid', `the token file ${file} cannot be used: ${reason}`, {
    hint: 'It is one line, in a file with mode 600 that is yours.',
  });
