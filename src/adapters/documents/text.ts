import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { failure } from '../../domain/failure.ts';
import type { Failure, FailureCode } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import { suggest } from '../../domain/suggest.ts';
import { positionsOf } from '../../config/position.ts';

/** Bytes. Larger definitions than 100,000 operations are a mistake. */
const MAX_SIZE = 64 * 1024 * 1024;

/** The text of a file, without a byte order mark. */
export async function readText(file: string): Promise<Result<string, readonly Failure[]>> {
  const refuse = (code: FailureCode, message: string, hint?: string) =>
    err([failure(code, message, { place: { file }, hint })]);
  try {
    const found = await stat(file);
    if (found.isDirectory()) return refuse('definition_invalid', 'this is a folder', 'Name a file in it.');
    if (!found.isFile()) return refuse('definition_invalid', 'this is not a regular file');
    if (found.size > MAX_SIZE) return refuse('too_large', `the file is larger than ${MAX_SIZE / 1024 / 1024} MB`);
    return textOf(file, await readFile(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return refuse('not_found', 'the file does not exist', await neighbour(file));
    if (code === 'EACCES' || code === 'EPERM') return refuse('definition_invalid', 'you may not read this file');
    return refuse('definition_invalid', `the file cannot be read: ${code}`);
  }
}

/** What a program before ours prints; `name` stands for the file in messages. */
export async function readStream(
  stream: AsyncIterable<Buffer>,
  name: string,
): Promise<Result<string, readonly Failure[]>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_SIZE)
      return err([failure('too_large', `it is larger than ${MAX_SIZE / 1024 / 1024} MB`, { place: { file: name } })]);
  }
  return textOf(name, Buffer.concat(chunks));
}

function textOf(file: string, bytes: Buffer): Result<string, readonly Failure[]> {
  const text = decode(bytes);
  if (text === undefined) return err([notText(file, bytes)]);
  if (text.trim() !== '') return ok(text);
  return err([failure('definition_invalid', 'the file is empty', { place: { file } })]);
}

/** No definition language has NUL; UTF-16 of plain letters is full of them. */
function decode(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function notText(file: string, bytes: Buffer): Failure {
  const readable = bytes.toString('utf8');
  const at = positionsOf(readable)(Math.max(0, readable.search(/[\ufffd\0]/)));
  return failure('definition_invalid', 'the file is not UTF-8 text', {
    place: { file, ...at },
    hint: 'Save it as UTF-8.',
  });
}

/** A file of the same folder that was probably meant: `deploy.ncl` for `deploy`. */
async function neighbour(file: string): Promise<string | undefined> {
  const name = basename(file);
  const names = await readdir(dirname(file)).catch(() => []);
  const found = names.find((other) => other.startsWith(`${name}.`)) ?? suggest(name, names.slice(0, 1000));
  return found === undefined ? undefined : `Did you mean "${found}"?`;
}
