import compiler from 'toml/lib/compiler.js';
import parser from 'toml/lib/parser.js';
import type { AstHeader, AstNode, AstPair, AstValue } from 'toml/lib/parser.js';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Json } from '../domain/json.ts';
import type { Result } from '../domain/result.ts';
import { unexpected } from '../domain/unexpected.ts';
import { keyOffsets } from './toml-keys.ts';
import { positionsOf } from './position.ts';
import type { Position } from './position.ts';

/** A TOML document as a tree in which every key, value and array element has its place. */
export type TomlNode =
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: Position }
  | { readonly kind: 'number'; readonly value: number; readonly at: Position }
  | { readonly kind: 'text'; readonly value: string; readonly at: Position }
  | { readonly kind: 'date'; readonly value: string; readonly at: Position }
  | { readonly kind: 'array'; readonly items: readonly TomlNode[]; readonly at: Position }
  | TomlTable;

export interface TomlTable {
  readonly kind: 'table';
  readonly entries: ReadonlyMap<string, TomlEntry>;
  readonly at: Position;
}

/** `key` is where the key was written first; for a dotted key, where its own part begins. */
export interface TomlEntry {
  readonly key: Position;
  readonly node: TomlNode;
}

export interface TomlProblem {
  readonly message: string;
  readonly at: Position;
}

/** Reads a document in one pass of the package's own parser; a document that is not TOML has exactly one problem. */
export function parseToml(text: string): Result<TomlTable, TomlProblem> {
  const positionAt = positionsOf(text);
  try {
    const nodes = parser.parse(text);
    compiler.compile(nodes, text);
    return ok(tree(nodes, { text, positionAt }));
  } catch (error) {
    const problem = problemOf(error, text, positionAt);
    if (problem === undefined) throw error;
    return err(problem);
  }
}

interface Source {
  readonly text: string;
  readonly positionAt: (offset: number) => Position;
}

/** The compiler has accepted the nodes before: whatever is here already may be extended. */
function tree(nodes: readonly AstNode[], source: Source): TomlTable {
  const root = emptyTable({ line: 1, column: 1 });
  let current = root;
  for (const node of nodes) {
    if ('key' in node) assign(current, node, source);
    else current = open(root, node, source);
  }
  return root;
}

interface OpenTable extends TomlTable {
  readonly entries: Map<string, TomlEntry>;
}

const emptyTable = (at: Position): OpenTable => ({ kind: 'table', entries: new Map(), at });

function open(root: OpenTable, header: AstHeader, source: Source): OpenTable {
  const isArray = header.type === 'ArrayPath';
  const places = keyOffsets(source.text, header.offset + (isArray ? 2 : 1), header.value.length).map(source.positionAt);
  const parents = header.value.slice(0, -1);
  const parent = descend(root, parents, places);
  const name = header.value.at(-1) ?? '';
  const place = places.at(-1) ?? root.at;
  if (!isArray) return descend(parent, [name], [place]);
  const table = emptyTable(source.positionAt(header.offset));
  const existing = parent.entries.get(name)?.node;
  if (existing?.kind === 'array') (existing.items as TomlNode[]).push(table);
  else parent.entries.set(name, { key: place, node: { kind: 'array', items: [table], at: table.at } });
  return table;
}

function assign(table: OpenTable, pair: AstPair, source: Source): void {
  const places = keyOffsets(source.text, pair.offset, pair.key.length).map(source.positionAt);
  const target = descend(table, pair.key.slice(0, -1), places);
  target.entries.set(pair.key.at(-1) ?? '', { key: places.at(-1) ?? table.at, node: valueOf(pair.value, source) });
}

function descend(table: OpenTable, keys: readonly string[], places: readonly Position[]): OpenTable {
  return keys.reduce((parent, key, index) => {
    const place = places[index] ?? parent.at;
    const existing = parent.entries.get(key)?.node;
    if (existing?.kind === 'table') return existing as OpenTable;
    if (existing?.kind === 'array') return existing.items.at(-1) as OpenTable;
    const created = emptyTable(place);
    parent.entries.set(key, { key: place, node: created });
    return created;
  }, table);
}

function valueOf(value: AstValue, source: Source): TomlNode {
  const at = source.positionAt(value.offset);
  switch (value.type) {
    case 'String':
      return { kind: 'text', value: value.value, at };
    case 'Integer':
      return { kind: 'number', value: Number(value.value), at };
    case 'Float':
      return { kind: 'number', value: value.value, at };
    case 'Boolean':
      return { kind: 'boolean', value: value.value, at };
    case 'Date':
      return { kind: 'date', value: value.value.toISOString(), at };
    case 'LocalDateTime':
    case 'LocalDate':
    case 'LocalTime':
      return { kind: 'date', value: value.value, at };
    case 'Array':
      return { kind: 'array', items: value.value.map((item) => valueOf(item, source)), at };
    case 'InlineTable': {
      const table = emptyTable(at);
      for (const pair of value.value) assign(table, pair, source);
      return table;
    }
    default:
      return unexpected(value);
  }
}

/** Two shapes: the parser's error has a `location` with offsets, the compiler's only `line` and `column` (UTF-16). */
function problemOf(error: unknown, text: string, positionAt: Source['positionAt']): TomlProblem | undefined {
  if (!isRecord(error) || !(error instanceof Error)) return undefined;
  if (isRecord(error['location']) && isRecord(error['location']['start'])) {
    return { message: found(error['found']), at: positionAt(Number(error['location']['start']['offset'])) };
  }
  if (typeof error['line'] !== 'number' || typeof error['column'] !== 'number') return undefined;
  const lines = text.split('\n').slice(0, error['line'] - 1);
  const lineStart = lines.reduce((sum, line) => sum + line.length + 1, 0);
  return { message: error.message.replace(/\.$/, ''), at: positionAt(lineStart + error['column'] - 1) };
}

/** The parser lists dozens of characters that it expected; what it found, and where, says more. */
function found(character: unknown): string {
  if (typeof character !== 'string') return 'the document ends in the middle of something';
  if (character === '\n' || character === '\r') return 'the line ends too early';
  return `${JSON.stringify(character)} does not belong here`;
}

/** A tree as data. Dates become the strings that they were written as: definitions travel as JSON. */
export function plainToml(node: TomlNode): Json {
  if (node.kind === 'array') return node.items.map(plainToml);
  if (node.kind !== 'table') return node.value;
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainToml(entry.node)]));
}
