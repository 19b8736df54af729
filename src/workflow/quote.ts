/** How many characters of what a user wrote go into one message. */
const SHOWN = 60;

/** Control characters, and those that hide or reorder what stands around them on a terminal. */
const UNSAFE = /[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu;

/** A text between quotes, safe to print: escaped, and cut after 60 characters with its whole length named. */
export function quote(text: string): string {
  if (text.length <= SHOWN) return escaped(text);
  return `${escaped(wholeCharacters(text)).slice(0, -1)}…" (${text.length} characters)`;
}

/** What a value is, in a few words, for messages that say what was expected instead. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return 'a record';
}

const escaped = (text: string): string => JSON.stringify(text).replace(UNSAFE, escapeOf);

const escapeOf = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
};

/** Cuts between characters, never inside one that takes two UTF-16 units. */
const wholeCharacters = (text: string): string => text.slice(0, SHOWN).replace(/[\ud800-\udbff]$/, '');
