import { isRecord } from '../domain/json.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { ParameterSchema, ServiceParameters } from '../ports/library.ts';
import type { Path } from '../ports/definitions.ts';
import type { Context } from './context.ts';
import { describe, quote } from './quote.ts';
import type { Report } from './report.ts';
import { isTemplate } from './template.ts';

/** Parameters that every taskserv has; its own may stand beside them, or in `params.params`. */
const COMMON: ReadonlySet<string> = new Set(['name', 'servers', 'cluster', 'params']);
const CHECKED: ReadonlySet<string> = new Set(['taskserv.create', 'taskserv.check']);

/** An operation on a taskserv, and where its parameters stand. */
export interface ServiceUse {
  readonly type: string | undefined;
  readonly params: JsonRecord;
  readonly path: Path;
}

/**
 * Holds a taskserv's parameters to its manifest, as `src/nulib/lib/manifest.nu` does when the task starts. What uses a
 * result is left to that.
 */
export function checkServiceParams(report: Report, { type, params, path }: ServiceUse, context: Context): void {
  const { name } = params;
  if (type === undefined || !CHECKED.has(type) || typeof name !== 'string') return;
  const service = context.services?.get(name);
  if (service === undefined) return;
  const inner = isRecord(params['params']) ? params['params'] : {};
  const beside = Object.fromEntries(Object.entries(params).filter(([key]) => !COMMON.has(key)));
  checkKeys({ report, schema: service }, beside, path);
  checkKeys({ report, schema: service }, inner, [...path, 'params']);
  const missing = (service.required ?? []).filter((key) => (inner[key] ?? beside[key] ?? null) === null);
  for (const key of missing) report.fail(path, `"${key}" is missing`, hintOf(service.properties?.[key]));
}

interface Checking<Schema> {
  readonly report: Report;
  readonly schema: Schema;
}

function checkKeys({ report, schema }: Checking<ServiceParameters>, record: JsonRecord, path: Path): void {
  const known = schema.properties ?? {};
  for (const [key, value] of Object.entries(record)) {
    const own = Object.hasOwn(known, key) ? known[key] : schema.additionalProperties;
    if (own === false || own === undefined)
      report.fail([...path, key], `${quote(key)} is no parameter`, didYouMean(key, Object.keys(known)) ?? all(known));
    else if (typeof own === 'object') checkValue({ report, schema: own }, value, [...path, key]);
  }
}

const all = (known: Readonly<Record<string, unknown>>): string => `Known here: ${Object.keys(known).join(', ')}.`;

function checkValue({ report, schema }: Checking<ParameterSchema>, value: Json, path: Path): void {
  if (value === null || isTemplate(value)) return;
  const wrong = problemOf(schema, value);
  if (wrong !== undefined) {
    report.fail(path, `${nameOf(path)} ${wrong}`, schema.description === undefined ? undefined : hintOf(schema));
    return;
  }
  if (Array.isArray(value) && schema.items !== undefined)
    for (const [index, item] of (value as readonly Json[]).entries())
      checkValue({ report, schema: schema.items }, item, [...path, index]);
  if (!isRecord(value)) return;
  // As JSON Schema has it, what nothing is said of may be there.
  checkKeys({ report, schema: { ...schema, additionalProperties: schema.additionalProperties ?? true } }, value, path);
  for (const key of (schema.required ?? []).filter((one) => (value[one] ?? null) === null))
    report.fail(path, `"${key}" is missing`, hintOf(schema.properties?.[key]));
}

/** The nearest key above, quoted, with what stands behind it. */
function nameOf(path: Path): string {
  const at = path.findLastIndex((step) => typeof step === 'string');
  return `"${path.slice(at).reduce<string>((text, step) => (text === '' ? String(step) : `${text}[${step}]`), '')}"`;
}

const hintOf = (schema: ParameterSchema | undefined): string =>
  schema?.description === undefined
    ? `The manifest wants ${TYPES[schema?.type ?? ''] ?? 'a value'}.`
    : `The manifest says: ${schema.description}.`;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a record',
};

function problemOf(schema: ParameterSchema, value: Json): string | undefined {
  if (schema.type !== undefined && !fits(schema.type, value))
    return `must be ${TYPES[schema.type] ?? schema.type}; found ${describe(value)}`;
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return `must be one of ${schema.enum.map((one) => String(one as string | number)).join(', ')}; found ${describe(value)}`;
  if (typeof value === 'number') return problemOfNumber(schema, value);
  if (typeof value === 'string') return problemOfText(schema, value);
  const { maxItems = LONGEST_LIST } = schema;
  return Array.isArray(value) && value.length > maxItems ? `has more than ${maxItems} entries` : undefined;
}

/** Where a manifest says nothing else; the same in `manifest.nu`. */
const LONGEST_LIST = 1000;
const LONGEST_TEXT = 100_000;

function fits(type: string, value: Json): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    default:
      return typeof value === type;
  }
}

function problemOfNumber({ minimum, maximum }: ParameterSchema, value: number): string | undefined {
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}; found ${value}`;
  return maximum !== undefined && value > maximum ? `must be at most ${maximum}; found ${value}` : undefined;
}

function problemOfText(
  { pattern, maxLength = LONGEST_TEXT, format }: ParameterSchema,
  value: string,
): string | undefined {
  if (value.includes('\0')) return 'contains a NUL character';
  if (Buffer.byteLength(value) > maxLength) return `is longer than ${maxLength} bytes`;
  if (format === 'credential' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    return `must be the name of one of the operation's credentials; found ${quote(value)}`;
  return pattern === undefined || matches(pattern, value) ? undefined : `cannot be ${quote(value)}`;
}

/** A pattern that JavaScript does not understand is left to the task. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

/** Whether a document has operations on taskservs at all: only then are manifests read. */
export function usesServices(value: unknown, depth = 5): boolean {
  if (typeof value === 'string') return CHECKED.has(value);
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  return (Array.isArray(value) ? value : Object.values(value)).some((inner) => usesServices(inner, depth - 1));
}
