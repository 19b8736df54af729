import { readFile } from 'node:fs/promises';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** A JSON object from a file; an empty one where none is named. */
export async function readRecordFile(file: string | undefined): Promise<Result<Record<string, unknown>, Failure>> {
  if (file === undefined) return ok({});
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return err(failure('not_found', `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`));
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return ok(value);
  } catch {
    // Told below: what matters is that it is no object.
  }
  return err(failure('usage', `${file} is no JSON object`, { hint: 'Write { "ip": "10.0.0.1" }, for example.' }));
}
