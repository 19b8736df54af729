/**
 * Text that a user, a task or another host wrote may carry terminal control sequences. Nothing of that kind reaches a
 * terminal or a log from here: control characters, and those that reorder text, are shown as `\x1b` or `\u202e`.
 */
const REORDERING = String.raw`\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069`;
const CONTROL = new RegExp(String.raw`[\u0000-\u001f\u007f-\u009f${REORDERING}]`, 'g');
const CONTROL_BUT_LAYOUT = new RegExp(String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f${REORDERING}]`, 'g');
/** `JSON.stringify` escapes the first 32 itself. */
const CONTROL_IN_JSON = new RegExp(String.raw`[\u007f-\u009f${REORDERING}]`, 'g');

/** For a place where one line is expected: newlines and tabs are escaped too. */
export const oneLine = (text: string): string => text.replace(CONTROL, visible);

/** Keeps newlines and tabs; of `\r\n` only the newline stays. */
export const manyLines = (text: string): string => text.replaceAll('\r\n', '\n').replace(CONTROL_BUT_LAYOUT, visible);

/** What `--json` prints: one document and a newline. */
export const jsonText = (value: unknown): string => `${escapedJson(JSON.stringify(value, null, 2))}\n`;

/** NDJSON: a record a line. */
export const jsonLines = (records: readonly unknown[]): string =>
  records.map((record) => `${escapedJson(JSON.stringify(record))}\n`).join('');

const escapedJson = (json: string): string => json.replace(CONTROL_IN_JSON, (character) => `\\u${hex(character, 4)}`);

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const visible = (character: string): string =>
  NAMED[character] ?? (character <= '\u009f' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);

const hex = (character: string, digits: number): string => character.charCodeAt(0).toString(16).padStart(digits, '0');
