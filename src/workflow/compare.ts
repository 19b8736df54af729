/** Two definitions that ask for the same, whatever the order of their keys. */
export const sameDefinition = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/**
 * JSON with sorted keys and without blanks: the same text for the same data, to be hashed or compared.
 * Keys whose value is `undefined` count as absent. Keeps its own stack: the depth comes from outside.
 */
export function canonical(value: unknown): string {
  const open: Open[] = [];
  const text = new Text();
  text.add(begin(value, open));
  for (let part = open.at(-1); part !== undefined; part = open.at(-1)) {
    if (part.next === part.values.length) {
      text.add(part.keys === undefined ? ']' : '}');
      open.pop();
      continue;
    }
    const index = part.next++;
    if (index > 0) text.add(',');
    if (part.keys !== undefined) text.add(`${JSON.stringify(part.keys[index])}:`);
    text.add(begin(part.values[index], open));
  }
  return text.whole();
}

/** Joins pieces now and then: `+=` keeps a node for each, ten times the memory of a large text. */
class Text {
  readonly #joined: string[] = [];
  #pieces: string[] = [];

  add(piece: string): void {
    if (this.#pieces.push(piece) < 4096) return;
    this.#joined.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  whole(): string {
    return this.#joined.join('') + this.#pieces.join('');
  }
}

/** A list or record that has been begun. */
interface Open {
  /** Of a record, in the order of its values. */
  readonly keys: readonly string[] | undefined;
  readonly values: readonly unknown[];
  next: number;
}

/** A scalar whole, of anything else the opening bracket; its parts follow. */
function begin(value: unknown, open: Open[]): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) {
    open.push({ keys: undefined, values: value, next: 0 });
    return '[';
  }
  const record = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(record).filter((key) => record[key] !== undefined);
  keys.sort();
  open.push({ keys, values: keys.map((key) => record[key]), next: 0 });
  return '{';
}
