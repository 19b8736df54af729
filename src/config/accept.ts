import { patternProblem } from '../domain/mode.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { expandPath } from './paths.ts';
import type { Position } from './position.ts';
import type { TomlNode } from './toml.ts';
import { describe } from './value-type.ts';
import type { Value, ValueType } from './value-type.ts';

/** What is wrong with a value, as it reads after the key's name. */
export interface Refusal {
  readonly message: string;
  readonly at: Position;
  readonly hint?: string | undefined;
}

/** What paths are relative to. */
export interface PathBase {
  readonly folder: string;
  readonly home: string;
}

/** The value that a key of this type has when `node` was written. All that is wrong with an array or table at once. */
export function accept(type: ValueType, node: TomlNode, base: PathBase): Result<Value, readonly Refusal[]> {
  switch (type.kind) {
    case 'boolean':
      return node.kind === 'boolean' ? ok(node.value) : refuse(mismatch(type, node));
    case 'number':
      return node.kind === 'number' ? inRange(type, node) : refuse(mismatch(type, node));
    case 'patterns':
      return node.kind === 'array' ? patterns(type, node) : refuse(mismatch(type, node));
    case 'environment':
      return node.kind === 'table' ? environment(node) : refuse(mismatch(type, node));
    default:
      return node.kind === 'text' ? text(type, node, base) : refuse(mismatch(type, node));
  }
}

type Of<K extends TomlNode['kind']> = Extract<TomlNode, { kind: K }>;
type TextType = Exclude<ValueType, { kind: 'boolean' | 'number' | 'patterns' | 'environment' }>;

const refuse = (refusal: Refusal): Result<never, readonly Refusal[]> => err([refusal]);

function mismatch(type: ValueType, node: TomlNode): Refusal {
  return { message: `must be ${describe(type)}, not ${shown(node)}`, at: node.at };
}

function shown(node: TomlNode): string {
  switch (node.kind) {
    case 'text':
      return `the text ${JSON.stringify(node.value)}`;
    case 'array':
      return 'an array';
    case 'table':
      return 'a table';
    case 'date':
      return `the date ${node.value}`;
    default:
      return String(node.value);
  }
}

function inRange(type: Extract<ValueType, { kind: 'number' }>, node: Of<'number'>): Result<Value, readonly Refusal[]> {
  const fits = node.value >= type.min && node.value <= type.max && (!type.whole || Number.isInteger(node.value));
  return fits ? ok(node.value) : refuse(mismatch(type, node));
}

function patterns(type: ValueType, node: Of<'array'>): Result<Value, readonly Refusal[]> {
  const refusals = node.items.flatMap((item): Refusal[] => {
    if (item.kind !== 'text') return [mismatch(type, item)];
    const problem = patternProblem(item.value);
    const message = `has the rule ${JSON.stringify(item.value)}, which ${problem}`;
    return problem === undefined ? [] : [{ message, at: item.at, hint: 'Write noun.verb, such as "server.create".' }];
  });
  return refusals.length > 0 ? err(refusals) : ok(node.items.map((item) => (item as Of<'text'>).value));
}

function environment(node: Of<'table'>): Result<Value, readonly Refusal[]> {
  const refusals = [...node.entries].flatMap(([name, { node: value, key }]): Refusal[] => {
    if (name === '' || /[=\0]/.test(name))
      return [{ message: `has ${JSON.stringify(name)}, no variable's name`, at: key }];
    if (value.kind === 'text' && !value.value.includes('\0')) return [];
    const hint = value.kind === 'number' || value.kind === 'boolean' ? `Write "${value.value}".` : undefined;
    return [{ message: `.${name} must be a text in quotes, not ${shown(value)}`, at: value.at, hint }];
  });
  if (refusals.length > 0) return err(refusals);
  return ok(Object.fromEntries([...node.entries].map(([name, entry]) => [name, (entry.node as Of<'text'>).value])));
}

function text(type: TextType, node: Of<'text'>, base: PathBase): Result<Value, readonly Refusal[]> {
  if (type.kind === 'choice') return choice(type, node);
  if (node.value.trim() === '') return empty(type, node);
  if (type.kind === 'url') return url(type, node);
  if (type.kind === 'host') return isHost(node.value) ? ok(node.value) : refuse(mismatch(type, node));
  if (type.kind === 'program' && !node.value.includes('/') && !node.value.startsWith('~')) return ok(node.value);
  const path = expandPath(node.value, base);
  return path.ok ? path : refuse({ message: `is ${JSON.stringify(node.value)}, which ${path.error}`, at: node.at });
}

function empty(type: TextType, node: Of<'text'>): Result<Value, readonly Refusal[]> {
  if (type.kind === 'path' && !type.none)
    return refuse({ message: `must be ${describe(type)}, not empty`, at: node.at });
  return ok(null);
}

function choice(type: Extract<ValueType, { kind: 'choice' }>, node: Of<'text'>): Result<Value, readonly Refusal[]> {
  if (type.of.includes(node.value)) return ok(node.value);
  const refused = type.refused?.[node.value];
  if (refused === undefined) return refuse({ ...mismatch(type, node), hint: didYouMean(node.value, type.of) });
  return refuse({
    message: `cannot be ${JSON.stringify(node.value)}: ${refused}`,
    at: node.at,
    hint: `Set it to ${describe(type)}, or leave it out.`,
  });
}

function url(type: ValueType, node: Of<'text'>): Result<Value, readonly Refusal[]> {
  const parsed = URL.canParse(node.value) ? new URL(node.value) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return refuse(mismatch(type, node));
  if (parsed.username === '' && parsed.password === '') return ok(node.value);
  return refuse({
    message: 'has a name or password in it, which would be shown and logged',
    at: node.at,
    hint: 'Put the token into a file and name it in PROVISIONING_TOKEN_FILE.',
  });
}

/** A name or an address of either family; not `host:port`. */
const isHost = (value: string): boolean => /^[\w.:%[\]-]+$/.test(value) && !/^[^:]+:\d+$/.test(value);
