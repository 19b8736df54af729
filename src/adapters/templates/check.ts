import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import { failure } from '../../domain/failure.ts';
import type { Failure } from '../../domain/failure.ts';
import type { JsonRecord } from '../../domain/json.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Every document of a YAML text against one JSON schema, with the place of each thing that is wrong. */
export function check(yaml: string, schema: JsonRecord, file: string): readonly Failure[] {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(yaml, { lineCounter: lines, prettyErrors: false })];
  if (documents.length === 0) return [failure('definition_invalid', 'there is no document in it', { place: { file } })];
  const validator = z.fromJSONSchema(schema);
  return documents.flatMap((document) => checkDocument(document, validator, { file, lines }));
}

interface Where {
  readonly file: string;
  readonly lines: LineCounter;
}

function checkDocument(document: Document, validator: z.ZodType, where: Where): readonly Failure[] {
  if (document.errors.length > 0) return document.errors.map((error) => broken(error.message, error.pos[0], where));
  const value: unknown = document.toJS();
  const outcome = validator.safeParse(value);
  if (outcome.success) return [];
  return outcome.error.issues.flatMap(meant).map((issue) => {
    const offset = offsetOf(document, issue.path);
    return broken(describe(issue, value), offset, where, pathText(issue.path));
  });
}

/** Of the branches of a `oneOf` the one whose `kind` fits tells what is wrong; "Invalid input" helps nobody. */
function meant(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const byKind = issue.errors.filter((branch) => !branch.some(({ path }) => path.length === 1 && path[0] === 'kind'));
  const branch = byKind.length === 1 ? byKind[0] : undefined;
  if (branch === undefined) return [issue];
  return branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(meant);
}

function describe(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined)
    return `is missing (${issue.expected})`;
  if (issue.code === 'invalid_union') return 'is none of the kinds that are allowed here';
  if (issue.code === 'invalid_key') return `is not a name that is allowed here`;
  return issue.message.replace(/^Invalid (input|string): /, '');
}

function broken(message: string, offset: number, { file, lines }: Where, path = ''): Failure {
  const { line, col } = lines.linePos(offset);
  return failure('definition_invalid', path === '' ? message : `${path}: ${message}`, {
    place: { file, line, column: col, ...(path === '' ? {} : { path }) },
  });
}

/** Where the value stands, or the nearest thing around it that exists. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);

const pathText = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
