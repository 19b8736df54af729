import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { isRecord } from '../../domain/json.ts';
import type { JsonRecord } from '../../domain/json.ts';

/** The text of a small file; `undefined` when it is not there. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `undefined`: no such file. `'damaged'`: it is no JSON object. */
export function readRecord(file: string): JsonRecord | 'damaged' | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as JsonRecord) : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** At most `limit` bytes from `offset` on (from the end, when `offset` is negative), with the size of the whole. */
export function readPart(file: string, offset: number, limit: number): { bytes: Buffer; start: number; size: number } {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (isMissing(error)) return { bytes: Buffer.alloc(0), start: 0, size: 0 };
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.min(size, offset < 0 ? Math.max(0, size + offset) : offset);
    const bytes = Buffer.alloc(Math.min(limit, size - start));
    return { bytes: bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start)), start, size };
  } finally {
    closeSync(descriptor);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
