import { dirname } from 'node:path';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { didYouMean } from '../domain/suggest.ts';
import { NAME } from '../domain/workflow.ts';
import { accept } from './accept.ts';
import { KEY_BY_ALIAS, keyOf, SECTION_NAMES, SECTIONS } from './keys.ts';
import type { Key } from './keys.ts';
import type { Origin, Said } from './origin.ts';
import { excerpt } from './position.ts';
import type { Position } from './position.ts';
import { LATER_SECTIONS } from './schema.ts';
import { POOLS } from './pool-keys.ts';
import { parseToml } from './toml.ts';
import type { TomlEntry, TomlNode, TomlTable } from './toml.ts';
import { unknownKey } from './unknown.ts';

export interface Document {
  readonly file: string;
  readonly text: string;
  /** A workspace's document may not set everything. */
  readonly ofWorkspace: boolean;
}

/** What a document says, in today's names. With failures, `said` is what remains. */
export interface Reading {
  readonly said: readonly Said[];
  readonly failures: readonly Failure[];
}

/** Translates older names, checks keys, types and rights: all failures of the document at once. */
export function readDocument(document: Document, home: string): Reading {
  const parsed = parseToml(document.text);
  if (!parsed.ok) {
    const { message, at } = parsed.error;
    return { said: [], failures: [fail(document, { message: `This is not valid TOML: ${message}.`, at })] };
  }
  const { mentions, failures } = mentionsIn(parsed.value, document);
  const readings = [...Map.groupBy(mentions, (mention) => mention.key.path).values()].map((group) =>
    readKey(group, document, home),
  );
  return {
    said: readings.flatMap((reading) => reading.said),
    failures: [...failures, ...readings.flatMap((reading) => reading.failures)].toSorted(byPlace),
  };
}

/** A known key, under its own name or an older one. */
interface Mention {
  readonly key: Key;
  readonly writtenAs: string;
  readonly entry: TomlEntry;
}

interface Found {
  readonly message: string;
  readonly at: Position;
  readonly hint?: string | undefined;
}

function fail(document: Document, { message, at, hint }: Found): Failure {
  const place = { file: document.file, line: at.line, column: at.column };
  return failure('config_invalid', message, { place, hint, report: excerpt(document.text, at) });
}

function mentionsIn(root: TomlTable, document: Document): { mentions: Mention[]; failures: Failure[] } {
  const mentions: Mention[] = [];
  const failures: Failure[] = [];
  for (const [section, { key: at, node }] of sectionsIn(root)) {
    const problem = sectionProblem(section, node);
    if (problem !== undefined) failures.push(fail(document, { ...problem, at }));
    if (problem !== undefined || node.kind !== 'table') continue;
    for (const [name, entry] of node.entries) {
      const writtenAs = `${section}.${name}`;
      const key = keyOf(writtenAs) ?? KEY_BY_ALIAS.get(writtenAs);
      if (key === undefined) failures.push(fail(document, { ...unknownKey(section, name), at: entry.key }));
      else mentions.push({ key, writtenAs, entry });
    }
  }
  return { mentions, failures };
}

/** `[pools.NAME]` counts as a section of its own. */
function sectionsIn(root: TomlTable): (readonly [string, TomlEntry])[] {
  return [...root.entries].flatMap(([section, entry]) => {
    if (section !== POOLS || entry.node.kind !== 'table') return [[section, entry] as const];
    return [...entry.node.entries].map(([name, inner]) => [`${POOLS}.${name}`, inner] as const);
  });
}

function sectionProblem(section: string, node: TomlNode): Omit<Found, 'at'> | undefined {
  const later = LATER_SECTIONS.get(section);
  if (later !== undefined)
    return { message: `This version does not have ${later} ([${section}]).`, hint: 'Remove it.' };
  if (section === POOLS || section.startsWith(`${POOLS}.`)) return poolProblem(section, node);
  if (!SECTIONS.has(section)) return unknownSection(section, node);
  if (node.kind === 'table') return undefined;
  return { message: `${section} must be a table: a line [${section}] with its keys below it.` };
}

function poolProblem(section: string, node: TomlNode): Omit<Found, 'at'> | undefined {
  const name = section.slice(POOLS.length + 1);
  const hint = `Write [${POOLS}.NAME] with limit = 5 below it.`;
  if (name !== '' && !NAME.test(name))
    return { message: `${JSON.stringify(name)} is no name for a pool.`, hint: NAMES };
  return node.kind === 'table' && name !== '' ? undefined : { message: `${section} must be a table.`, hint };
}

const NAMES = 'Use letters, digits, ".", "_" and "-", beginning with a letter or a digit, at most 63 of them.';

function unknownSection(section: string, node: TomlNode): Omit<Found, 'at'> {
  if (node.kind === 'table' || node.kind === 'array') {
    const hint = didYouMean(section, SECTION_NAMES) ?? `There are ${SECTION_NAMES.join(', ')}.`;
    return { message: `There is no section [${section}].`, hint };
  }
  const { hint } = unknownKey('', section);
  return { message: `${section} stands outside of any section.`, hint };
}

/** One key under all of its names. */
function readKey(group: readonly Mention[], document: Document, home: string): Reading {
  const readings = group.map((mention) => readMention(mention, document, home));
  const failures = readings.flatMap((reading) => reading.failures);
  const values = new Set(readings.flatMap((reading) => reading.said.map((said) => JSON.stringify(said.value))));
  const [first, second] = group;
  if (first !== undefined && second !== undefined && values.size > 1) {
    failures.push(fail(document, contradiction(first, second)));
  }
  // Of two that agree, the older name's is kept: it carries the warning.
  const older = readings[group.findIndex((mention) => mention.writtenAs !== mention.key.path)];
  return { said: (older ?? readings[0])?.said ?? [], failures };
}

function readMention(mention: Mention, document: Document, home: string): Reading {
  const { key, entry, writtenAs } = mention;
  if (document.ofWorkspace && key.refusedInWorkspace !== undefined) {
    return { said: [], failures: [fail(document, notForWorkspace(mention, key.refusedInWorkspace))] };
  }
  const value = accept(key.type, entry.node, { folder: dirname(document.file), home });
  if (value.ok) {
    return { said: [{ key: key.path, value: value.value, origin: originOf(mention, document) }], failures: [] };
  }
  const failures = value.error.map((refusal) =>
    fail(document, { ...refusal, message: sentence(writtenAs, refusal.message) }),
  );
  return { said: [], failures };
}

const sentence = (key: string, message: string): string => `${key}${message.startsWith('.') ? '' : ' '}${message}.`;

function notForWorkspace(mention: Mention, reason: string): Found {
  const { key, writtenAs, entry } = mention;
  const variable = key.variable === undefined ? '' : `, or in ${key.variable}`;
  return {
    message: `${writtenAs} cannot be set by a workspace: ${reason}.`,
    at: entry.key,
    hint: `Set ${key.path} in your own document, ~/.config/provisioning/config.toml${variable}.`,
  };
}

function contradiction(first: Mention, second: Mention): Found {
  const place = (mention: Mention) => `${mention.writtenAs} (line ${mention.entry.key.line})`;
  const older = first.writtenAs === first.key.path ? second : first;
  return {
    message: `${place(first)} and ${place(second)} are the same setting and say different things.`,
    at: older.entry.key,
    hint: `Keep ${older.key.path} and remove ${older.writtenAs}, its older name.`,
  };
}

function originOf({ key, writtenAs, entry }: Mention, document: Document): Origin {
  const { node } = entry;
  const alias = writtenAs === key.path ? undefined : writtenAs;
  const origin = { kind: 'file', file: document.file, ...entry.key, alias } as const;
  if (node.kind === 'array') return { ...origin, elements: node.items.map((item) => item.at) };
  if (node.kind !== 'table') return origin;
  return { ...origin, entries: Object.fromEntries([...node.entries].map(([name, item]) => [name, item.key])) };
}

const byPlace = (a: Failure, b: Failure): number =>
  (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
