import valid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import type { Rule, Statement } from '../api/compatibility.ts';
import { COMPONENTS } from '../domain/component.ts';
import type { Component } from '../domain/component.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { excerpt } from './position.ts';
import type { Position } from './position.ts';
import { parseToml } from './toml.ts';
import type { TomlEntry, TomlNode, TomlTable } from './toml.ts';

/** A file about versions, read. */
interface Source {
  readonly file: string;
  readonly text: string;
}

interface Problem {
  readonly message: string;
  readonly at: Position;
  readonly hint?: string | undefined;
}

/** What a library says of itself, in `library.toml`. */
export interface LibraryVersion {
  readonly version: string;
  readonly statements: readonly Statement[];
}

/**
 * `versions.toml`. All that is wrong at once. Sections beside `compatibility` are other programs' matter: older
 * installations keep more than this in such a file.
 */
export function readVersions(source: Source): Result<readonly Rule[], readonly Failure[]> {
  const problems: Problem[] = [];
  const root = tableIn(source, problems);
  const rules = children(root?.entries.get('compatibility'), 'compatibility', problems).flatMap(([name, entry]) => {
    const of = COMPONENTS.find((component) => component === name);
    if (of === undefined) {
      problems.push({
        message: `There is no component ${JSON.stringify(name)}.`,
        at: entry.key,
        hint: hintFor(name, COMPONENTS),
      });
      return [];
    }
    return children(entry, `compatibility.${of}`, problems).map(([versions, inner]): Rule => {
      if (versions.trim() === '' || validRange(versions) === null)
        problems.push({ message: `${JSON.stringify(versions)} is no version.`, at: inner.key, hint: VERSIONS });
      const path = `compatibility.${of}.${JSON.stringify(versions)}`;
      return {
        of,
        versions,
        statements: statementsIn(children(inner, path, problems), { file: source.file, of }, problems),
      };
    });
  });
  return problems.length === 0 ? ok(rules) : err(problems.map((problem) => fail(source, problem)));
}

/** `library.toml` */
export function readLibraryVersion(source: Source): Result<LibraryVersion, readonly Failure[]> {
  const problems: Problem[] = [];
  const entries = [...(tableIn(source, problems)?.entries ?? [])];
  const version = entries.find(([key]) => key === 'version')?.[1].node;
  const number = version?.kind === 'text' ? valid(version.value) : null;
  if (number === null && problems.length === 0)
    problems.push({
      message: 'version must be a version.',
      at: version?.at ?? START,
      hint: 'Write version = "1.2.3".',
    });
  const others = entries.filter(([key]) => key !== 'version');
  const statements = statementsIn(others, { file: source.file, of: 'library' }, problems);
  if (number === null || problems.length > 0) return err(problems.map((problem) => fail(source, problem)));
  return ok({ version: number, statements });
}

const START: Position = { line: 1, column: 1 };
const VERSIONS = 'Write a version such as "1.2.3", or a range such as "^1.2".';

function fail({ file, text }: Source, { message, at, hint }: Problem): Failure {
  return failure('config_invalid', message, { place: { file, ...at }, hint, report: excerpt(text, at) });
}

function tableIn({ text }: Source, problems: Problem[]): TomlTable | undefined {
  const parsed = parseToml(text);
  if (parsed.ok) return parsed.value;
  problems.push({ message: `This is not valid TOML: ${parsed.error.message}.`, at: parsed.error.at });
  return undefined;
}

function children(
  entry: TomlEntry | undefined,
  path: string,
  problems: Problem[],
): readonly (readonly [string, TomlEntry])[] {
  if (entry === undefined) return [];
  if (entry.node.kind === 'table') return [...entry.node.entries];
  problems.push({ message: `${path} must be a table: a line [${path}] with its keys below it.`, at: entry.key });
  return [];
}

interface Speaker {
  readonly file: string;
  readonly of: Component;
}

function statementsIn(
  entries: readonly (readonly [string, TomlEntry])[],
  { file, of }: Speaker,
  problems: Problem[],
): readonly Statement[] {
  const known = keysFor(of);
  return entries.flatMap(([key, { key: at, node }]) => {
    const meaning = known.get(key);
    if (meaning === undefined) {
      problems.push({
        message: `${JSON.stringify(key)} says nothing of a ${of}.`,
        at,
        hint: hintFor(key, [...known.keys()]),
      });
      return [];
    }
    const wanted = wantedBy(meaning.kind, node);
    if (wanted === undefined) {
      problems.push({ message: `${key} must be ${MUST_BE[meaning.kind]}.`, at: node.at });
      return [];
    }
    return [{ ...meaning, wanted, text: `${key} = ${JSON.stringify(wanted)}`, place: { file, ...at } }];
  });
}

type Meaning = Pick<Statement, 'about' | 'kind'>;

/** A component says nothing of its own kind. */
function keysFor(of: Component): ReadonlyMap<string, Meaning> {
  const others = COMPONENTS.filter((component) => component !== of);
  return new Map<string, Meaning>([
    ...others.map((about) => [about, { about, kind: 'range' }] as const),
    ...others.map((about) => [`min-${about}`, { about, kind: 'least' }] as const),
    ['api-version', { about: undefined, kind: 'api' }],
  ]);
}

const MUST_BE = {
  range: 'a range of versions in quotes, such as "^3.2"',
  least: 'a version in quotes, such as "3.2.0"',
  api: 'a version of the API in quotes, such as "v1"',
} as const;

function wantedBy(kind: Statement['kind'], node: TomlNode): string | undefined {
  if (node.kind !== 'text') return undefined;
  const { value } = node;
  const isRight = {
    range: () => value.trim() !== '' && validRange(value) !== null,
    least: () => valid(value) !== null,
    api: () => /^v\d+$/.test(value),
  }[kind];
  return isRight() ? value : undefined;
}

const hintFor = (word: string, known: readonly string[]): string =>
  didYouMean(word, known) ?? `There are ${known.join(', ')}.`;
