/** Where a value of a JSON text begins, and its parts. Offsets in UTF-16 units. */
export interface JsonNode {
  readonly start: number;
  readonly items?: JsonNode[];
  readonly members?: Map<string, JsonNode>;
}

export interface JsonProblem {
  readonly at: number;
  readonly message: string;
}

/**
 * Strict JSON with offsets, and without keys that are given twice: `JSON.parse` drops the first of them silently and
 * often does not say where an error is. Keeps its own stack: the depth comes from outside.
 */
export function scanJson(text: string): JsonNode | JsonProblem {
  return new Scanner(text).run();
}

class Scanner {
  readonly #text: string;
  readonly #open: JsonNode[] = [];
  #at = 0;
  #problem: JsonProblem | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonNode | JsonProblem {
    const root = this.#value();
    for (let node = this.#open.at(-1); node !== undefined && this.#problem === undefined; node = this.#open.at(-1)) {
      if (node.items !== undefined) this.#nextItem(node.items);
      else this.#nextMember(node.members ?? new Map());
    }
    if (this.#peek() !== '') this.#fail(`nothing may follow the end of the document; found ${this.#found()}`);
    return this.#problem ?? root;
  }

  #nextItem(items: JsonNode[]): void {
    if (this.#take(']')) this.#open.pop();
    else if (items.length > 0 && !this.#take(',')) this.#fail(`expected "," or "]"; found ${this.#found()}`);
    else items.push(this.#value());
  }

  #nextMember(members: Map<string, JsonNode>): void {
    if (this.#take('}')) {
      this.#open.pop();
      return;
    }
    if (members.size > 0 && !this.#take(',')) return this.#fail(`expected "," or "}"; found ${this.#found()}`);
    if (this.#peek() !== '"') return this.#fail(`expected a key in double quotes; found ${this.#found()}`);
    const start = this.#at;
    const key = this.#string();
    if (key === undefined) return undefined;
    if (members.has(key)) return this.#fail('this key is given twice', start);
    if (!this.#take(':')) return this.#fail(`expected ":"; found ${this.#found()}`);
    members.set(key, this.#value());
    return undefined;
  }

  #value(): JsonNode {
    const first = this.#peek();
    const start = this.#at;
    if (first === '{' || first === '[') {
      this.#at += 1;
      const node = first === '{' ? { start, members: new Map<string, JsonNode>() } : { start, items: [] };
      this.#open.push(node);
      return node;
    }
    if (first === '"') this.#string();
    else {
      SCALAR.lastIndex = start;
      const scalar = SCALAR.exec(this.#text)?.[0];
      if (scalar === undefined) this.#fail(`expected a value; found ${this.#found()}`);
      else this.#at += scalar.length;
    }
    return { start };
  }

  /** Reads a string, and its value: nothing where it is broken. */
  #string(): string | undefined {
    const start = this.#at;
    let end = start + 1;
    let escapes = false;
    for (let code = this.#text.charCodeAt(end); code !== QUOTE; code = this.#text.charCodeAt(end)) {
      if (end >= this.#text.length) return this.#fail('this string has no end', start);
      if (code < 0x20) return this.#fail('a control character in a string must be written as an escape', end);
      if (code !== BACKSLASH) end += 1;
      else {
        ESCAPE.lastIndex = end;
        if (!ESCAPE.test(this.#text)) return this.#fail('this escape does not exist', end);
        end = ESCAPE.lastIndex;
        escapes = true;
      }
    }
    this.#at = end + 1;
    const inside = this.#text.slice(start + 1, end);
    return escapes ? (JSON.parse(`"${inside}"`) as string) : inside;
  }

  /** The next character that is not blank; empty at the end. */
  #peek(): string {
    for (
      let code = this.#text.charCodeAt(this.#at);
      code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12);
    )
      code = this.#text.charCodeAt(++this.#at);
    return this.#text.charAt(this.#at);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #found(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    return this.#at >= this.#text.length ? 'the end of the file' : JSON.stringify(character);
  }

  #fail(message: string, at = this.#at): undefined {
    this.#problem ??= { at, message };
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
