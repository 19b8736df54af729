const BLANK = /[ \t\r\n]/;
const BARE = /[A-Za-z0-9_-]/;

/**
 * Where each part of a dotted key begins, for a key of `count` parts that begins at `offset` or after blanks there.
 * The text has been parsed before, so the key is known to be well formed.
 */
export function keyOffsets(text: string, offset: number, count: number): readonly number[] {
  const offsets: number[] = [];
  let at = offset;
  while (offsets.length < count) {
    while (BLANK.test(text.charAt(at)) || (offsets.length > 0 && text.charAt(at) === '.')) at += 1;
    offsets.push(at);
    at = endOfPart(text, at);
  }
  return offsets;
}

function endOfPart(text: string, start: number): number {
  const quote = text.charAt(start);
  let at = start + 1;
  if (quote !== '"' && quote !== "'") {
    while (BARE.test(text.charAt(at))) at += 1;
    return at;
  }
  while (at < text.length && text.charAt(at) !== quote) at += quote === '"' && text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}
