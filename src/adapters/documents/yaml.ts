import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import type { Document as YamlDocument, Node, Pair } from 'yaml';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Document, Path } from '../../ports/definitions.ts';
import { quote } from '../../workflow/quote.ts';
import { expandedSize } from './expanded.ts';
import { positionsOf } from '../../config/position.ts';
import type { Position } from '../../config/position.ts';
import { textProblem } from './problem.ts';

/** YAML 1.2 with merge keys (`<<`). Only plain data: no tags, no keys that are given twice, one document. */
const OPTIONS = {
  merge: true,
  prettyErrors: false,
  resolveKnownTags: false,
  stringKeys: true,
  logLevel: 'silent',
} as const;

/** Of values, each alias counted with all that it stands for. */
const MAX_VALUES = 5_000_000;

export function readYaml(file: string, text: string): Result<Document, readonly Failure[]> {
  const lineAt = positionsOf(text);
  const problem = (offset: number, message: string): Failure => textProblem({ file, text }, lineAt(offset), message);
  const parsed = parse(text);
  if (!parsed.ok) return err(parsed.error.map(({ offset, message }) => problem(offset, message)));
  const data = toData(parsed.value);
  if (!data.ok) return err([problem(data.error.offset, data.error.message)]);
  return ok({
    file,
    value: data.value,
    locate: (path) => ({ file, ...lineAt(offsetOf(parsed.value, path, lineAt)) }),
  });
}

interface Problem {
  readonly offset: number;
  readonly message: string;
}

function parse(text: string): Result<YamlDocument.Parsed, readonly Problem[]> {
  try {
    const [document, second] = parseAllDocuments(text, OPTIONS) as readonly YamlDocument.Parsed[];
    if (document === undefined) return err([{ offset: 0, message: 'the file is empty' }]);
    const mistakes = [...document.errors, ...document.warnings];
    if (mistakes.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return err([TOO_DEEP]);
    if (mistakes.length > 0)
      return err(mistakes.map(({ pos, message }) => ({ offset: pos[0], message: lowerFirst(message) })));
    if (second === undefined) return ok(document);
    return err([{ offset: second.range[0], message: 'a second document begins here; a definition is one' }]);
  } catch (error) {
    if (error instanceof RangeError) return err([TOO_DEEP]);
    throw error;
  }
}

const TOO_DEEP: Problem = { offset: 0, message: 'the data of this file is nested too deeply' };
const TOO_MUCH: Problem = { offset: 0, message: 'the aliases of this file stand for too much data' };

/** Whatever the package throws here, the document is the reason: it resolves aliases and merges only now. */
function toData(document: YamlDocument.Parsed): Result<unknown, Problem> {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_VALUES });
    return expandedSize(value) > MAX_VALUES ? err(TOO_MUCH) : ok(value);
  } catch (error) {
    if (error instanceof RangeError) return err(TOO_DEEP);
    if (!(error instanceof Error)) throw error;
    return err(unresolvedAlias(document) ?? (error instanceof ReferenceError ? TOO_MUCH : badMerge(document, error)));
  }
}

/** The first alias whose anchor does not stand before it. */
function unresolvedAlias(document: YamlDocument.Parsed): Problem | undefined {
  const anchors = new Set<string>();
  let found: Problem | undefined;
  visit(document, {
    Alias: (_, { source, range }) => {
      if (anchors.has(source)) return undefined;
      found = { offset: range?.[0] ?? 0, message: `no anchor ${quote(`&${source}`)} stands before this alias` };
      return visit.BREAK;
    },
    Value: (_, { anchor }) => void (anchor === undefined || anchors.add(anchor)),
  });
  return found;
}

/** `<<` with something that is no map: the package says so without a place. */
function badMerge(document: YamlDocument.Parsed, { message }: Error): Problem {
  let offset = 0;
  visit(document, {
    Pair: (_, { key, value }) => {
      const source = isAlias(value) ? value.resolve(document) : value;
      if (!isScalar(key) || key.source !== '<<' || isMap(source) || isSeq(source)) return undefined;
      offset = startOf(value) ?? startOf(key) ?? 0;
      return visit.BREAK;
    },
  });
  return { offset, message: lowerFirst(message) };
}

/** The value, or its key where the value begins on a later line. What an alias stands for is at the alias. */
function offsetOf(document: YamlDocument.Parsed, path: Path, lineAt: (offset: number) => Position): number {
  let node: Node | null = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) break;
    const pair: Pair | undefined = isMap(node)
      ? node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step)
      : undefined;
    const inner: unknown = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    const start = startOf(inner);
    const key = startOf(pair?.key);
    if (start === undefined && key === undefined) break;
    offset =
      start !== undefined && (key === undefined || lineAt(start).line === lineAt(key).line) ? start : (key ?? offset);
    node = inner as Node | null;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
