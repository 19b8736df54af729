import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { accept } from './accept.ts';
import type { PathBase } from './accept.ts';
import { KEY_BY_VARIABLE } from './keys.ts';
import type { FixedKey } from './keys.ts';
import type { Said } from './origin.ts';
import type { Environment } from './paths.ts';
import type { TomlNode } from './toml.ts';
import { unknownVariable } from './unknown.ts';
import type { ValueType } from './value-type.ts';

/**
 * What `PROVISIONING_SECTION_KEY` variables say. Arrays are separated by blanks or commas (a lone `,` is the empty
 * array), tables are JSON or `NAME=value` pairs separated likewise. An empty variable is none. Variables that do not
 * begin with a section's name belong to somebody else.
 */
export function readVariables(env: Environment, base: PathBase): { said: Said[]; failures: Failure[] } {
  const said: Said[] = [];
  const failures: Failure[] = [];
  for (const name of Object.keys(env).toSorted()) {
    const text = env[name];
    if (!name.startsWith('PROVISIONING_') || text === undefined || text === '') continue;
    const key = KEY_BY_VARIABLE.get(name);
    const unknown = key === undefined ? unknownVariable(name) : undefined;
    if (unknown !== undefined) failures.push(failure('config_invalid', unknown.message, { hint: unknown.hint }));
    if (key === undefined) continue;
    const read = readVariable(key, text, base);
    if (read.said !== undefined) said.push(read.said);
    failures.push(...read.failures);
  }
  return { said, failures };
}

function readVariable(key: FixedKey, text: string, base: PathBase): { said?: Said; failures: Failure[] } {
  const accepted = accept(key.type, nodeOf(key.type, text), base);
  if (accepted.ok) {
    return {
      said: { key: key.path, value: accepted.value, origin: { kind: 'variable', name: key.variable } },
      failures: [],
    };
  }
  const failures = accepted.error.map(({ message, hint }) =>
    failure('config_invalid', `${key.variable}${message.startsWith('.') ? ': ' : ' '}${message}.`, { hint }),
  );
  return { failures };
}

const AT = { line: 1, column: 1 };
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const WORDS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** The text as the node that a document would have had; what does not fit stays text, for `accept` to refuse. */
function nodeOf(type: ValueType, text: string): TomlNode {
  const asText: TomlNode = { kind: 'text', value: text, at: AT };
  const trimmed = text.trim();
  if (type.kind === 'boolean') {
    const value = WORDS[trimmed.toLowerCase()];
    return value === undefined ? asText : { kind: 'boolean', value, at: AT };
  }
  if (type.kind === 'number') return NUMBER.test(trimmed) ? { kind: 'number', value: Number(trimmed), at: AT } : asText;
  if (type.kind === 'patterns') return array(words(trimmed));
  if (type.kind === 'environment') return table(pairs(trimmed)) ?? asText;
  return asText;
}

/** A comma inside braces belongs to the word: `server.{create,delete}`. */
const words = (text: string): string[] => text.split(/[\s,]+(?![^{}]*\})/).filter((word) => word !== '');

const array = (items: readonly string[]): TomlNode => ({
  kind: 'array',
  items: items.map((value) => ({ kind: 'text', value, at: AT })),
  at: AT,
});

function pairs(text: string): readonly (readonly [string, unknown])[] | undefined {
  if (text.startsWith('{')) {
    const parsed = parseJson(text);
    return isRecord(parsed) ? Object.entries(parsed) : undefined;
  }
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (!parts.every((part) => part.indexOf('=') > 0)) return undefined;
  return parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
}

function table(entries: readonly (readonly [string, unknown])[] | undefined): TomlNode | undefined {
  if (entries === undefined || !entries.every(([, value]) => typeof value === 'string')) return undefined;
  const nodes = entries.map(([name, value]) => {
    const node: TomlNode = { kind: 'text', value: String(value), at: AT };
    return [name, { key: AT, node }] as const;
  });
  return { kind: 'table', entries: new Map(nodes), at: AT };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
