import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';

/** What keeps this file from being read as text, if anything does: said before Nickel says it in a less helpful way. */
export async function inspectSource(file: string): Promise<Failure | undefined> {
  try {
    // A pipe would be empty when the module reads it once more.
    if (isNeither(await stat(file))) return unreadable(file, { code: 'ENXIO' });
    const bytes = await readFile(file);
    if (BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte)) return marked(file);
    return isUtf8(bytes) ? undefined : notText(file, bytes);
  } catch (error) {
    return unreadable(file, error as NodeJS.ErrnoException);
  }
}

/** Editors of some systems write it; Nickel takes it for a character of the program. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const marked = (file: string): Failure =>
  failure('definition_invalid', `${file} begins with a byte order mark, which Nickel does not understand`, {
    place: { file, line: 1, column: 1 },
    hint: 'Save it as UTF-8 without a byte order mark (BOM).',
  });

const isNeither = (found: Stats): boolean => !found.isFile() && !found.isDirectory();

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  ELOOP: 'its symbolic links lead in a circle',
  ENXIO: 'it is no ordinary file',
  ENAMETOOLONG: 'its name is too long',
};

function unreadable(file: string, { code = '', message = code }: Partial<NodeJS.ErrnoException>): Failure {
  return failure('definition_invalid', `cannot read ${file}: ${REASONS[code] ?? message}`, {
    place: { file },
    hint: code === 'EISDIR' ? 'Name a file in it, for example main.ncl.' : undefined,
  });
}

function notText(file: string, bytes: Uint8Array): Failure {
  const { line, column } = placeOfBadByte(bytes);
  return failure('definition_invalid', `${file} is not text in UTF-8`, {
    place: { file, line, column },
    hint: 'Save it as UTF-8.',
  });
}

/** Line and column, from 1 and in characters, of the first byte that is not UTF-8. */
function placeOfBadByte(bytes: Uint8Array): { line: number; column: number } {
  // Decoding puts U+FFFD for what is bad: encoded again, the text differs from the file there for the first time.
  const again = new TextEncoder().encode(decode(bytes));
  const bad = bytes.findIndex((byte, at) => byte !== again[at]);
  const lines = decode(bytes.subarray(0, bad)).split('\n');
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 };
}

/** With `stream`, a character that is cut off at the end is left out. */
const decode = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
