import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { isRecord } from '../../domain/json.ts';
import type { JsonRecord } from '../../domain/json.ts';

/** More than that is no record. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The text of a small file; `undefined` when it is not there. A task can put anything into its folder: what is no file
 * that can be read (a folder, a pipe, which would block us, a device) has a text that is no record.
 */
export function readText(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, READ_AT_ONCE);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (isUnreadable(error)) return UNREADABLE;
    throw error;
  }
  try {
    const status = fstatSync(descriptor);
    return status.isFile() && status.size <= LIMIT_BYTES ? readFileSync(descriptor, 'utf8') : UNREADABLE;
  } finally {
    closeSync(descriptor);
  }
}

const UNREADABLE = '?';

/** Opening a pipe would wait for somebody to write. Windows knows no such thing. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const NOTHING = { bytes: Buffer.alloc(0), start: 0, size: 0 };

/** `undefined`: no such file. `'damaged'`: it is no JSON object. */
export function readRecord(file: string): JsonRecord | 'damaged' | undefined {
  const text = readText(file);
  return text === undefined ? undefined : parseRecord(text);
}

export function parseRecord(text: string): JsonRecord | 'damaged' {
  try {
    const value: unknown = MAY_BE_TOO_LARGE.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
    return isRecord(value) ? (value as JsonRecord) : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** A number that no double holds (an id of 64 bits, say) stays as it is written: as text, not as another number. */
function exactly(_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  return Number.isFinite(value) && !/^-?\d+$/.test(source) ? value : source;
}

const MAY_BE_TOO_LARGE = /\d{16}|\d[eE]\+?\d{3}/;

/** None, where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    // An error costs more than a look.
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}

/** At most `limit` bytes from `offset` on (from the end, when `offset` is negative), with the size of the whole. */
export function readPart(file: string, offset: number, limit: number): { bytes: Buffer; start: number; size: number } {
  let descriptor: number;
  try {
    descriptor = openSync(file, READ_AT_ONCE);
  } catch (error) {
    if (isMissing(error) || isUnreadable(error)) return NOTHING;
    throw error;
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return NOTHING;
    const { size } = status;
    const start = Math.min(size, offset < 0 ? Math.max(0, size + offset) : offset);
    const bytes = Buffer.alloc(Math.min(limit, size - start));
    return { bytes: bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start)), start, size };
  } finally {
    closeSync(descriptor);
  }
}

/** `undefined` where it is not there, or cannot be looked at. */
export function sizeOf(file: string): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size;
  } catch {
    return undefined;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** By what it is or by its permissions. Not by a lack of descriptors, say, which tells nothing about the file. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:EACCES|EPERM|ELOOP|ENXIO|EISDIR|ENODEV)$/.test(String(error.code));
