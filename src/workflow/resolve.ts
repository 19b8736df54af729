import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { Operation } from '../domain/workflow.ts';
import { child, documentOf } from './document.ts';
import { Fields } from './fields.ts';
import { checkParams, withDefaults } from './params.ts';
import { describe, quote } from './quote.ts';
import { Report } from './report.ts';
import { isTemplate, partsOf, templatesIn } from './template.ts';
import type { Reference } from './template.ts';

/** The result of a task of the same run: its own fields and `message`; nothing where it has not completed. */
export type Results = (id: string) => JsonRecord | undefined;

/** An operation with the results that its parameters use, checked once more; `definition_invalid` where that fails. */
export function resolveOperation(operation: Operation, results: Results): Result<Operation, Failure> {
  const { id, type } = operation;
  const resolved = resolveParams(operation.params, results);
  if (!resolved.ok) return resolved;
  if (resolved.value === operation.params) return ok(operation);
  const params = type === 'command.run' ? withTexts(resolved.value) : resolved.value;
  const report = new Report(documentOf('params', params));
  checkParams(type, new Fields({ report, path: [] }, params));
  const [wrong] = report.failures;
  if (wrong === undefined) return ok({ ...operation, params: withDefaults(type, id, params) });
  const { message, hint } = wrong;
  return err(failure('definition_invalid', `with the results that it uses, ${message}`, { hint }));
}

/**
 * Parameters with the results that they use. A string that is one reference becomes what it refers to, of whatever
 * type; inside a longer string only text, numbers and booleans may stand. Results are data: what looks like a reference
 * in them is none. The same object where nothing is used.
 */
export function resolveParams(params: JsonRecord, results: Results): Result<JsonRecord, Failure> {
  if (templatesIn(params).next().done === true) return ok(params);
  const failures: Failure[] = [];
  const resolved = mapStrings(params, (text) => {
    const value = isTemplate(text) ? resolveText(text, results) : ok(text);
    if (value.ok) return value.value;
    failures.push(value.error);
    return null;
  });
  const [first] = failures;
  return first === undefined ? ok(resolved as JsonRecord) : err(first);
}

function mapStrings(value: Json, map: (text: string) => Json): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((inner) => mapStrings(inner, map));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapStrings(inner, map)]));
}

function resolveText(text: string, results: Results): Result<Json, Failure> {
  const parts = partsOf(text);
  let joined = '';
  for (const part of parts) {
    const value = part.kind === 'reference' ? lookUp(part, results) : ok(part.text);
    if (!value.ok || parts.length === 1) return value;
    if (typeof value.value === 'object') return err(notText(text, value.value));
    joined += String(value.value);
  }
  return ok(joined);
}

function lookUp({ task, steps }: Reference, results: Results): Result<Json, Failure> {
  let value: Json | undefined = results(task);
  let name = `the result of task ${quote(task)}`;
  if (value === undefined)
    return err(failure('definition_invalid', `uses ${name}, which has none: it did not complete`));
  for (const step of steps) {
    const inner = child(value, step) as Json | undefined;
    if (inner === undefined) return err(missing(name, step, value));
    name = typeof step === 'number' ? `${name}[${step}]` : `${quote(step)} of ${name}`;
    value = inner;
  }
  return ok(value);
}

function missing(name: string, step: string | number, value: Json): Failure {
  if (typeof step === 'number')
    return failure('definition_invalid', `uses [${step}] of ${name}, which is ${length(value)}`);
  const fields = isRecord(value) ? Object.keys(value) : [];
  const message = `uses ${quote(step)} of ${name}, which has no such field`;
  return failure('definition_invalid', message, { hint: didYouMean(step, fields.slice(0, 100)) ?? had(value, fields) });
}

function had(value: Json, fields: readonly string[]): string {
  if (!isRecord(value)) return `It is ${describe(value)}.`;
  return fields.length === 0 ? `It has no fields. ${HOW_TO_LEAVE_SOME}` : `It has ${shown(fields)}.`;
}

const HOW_TO_LEAVE_SOME = 'A command leaves them as a JSON object in $PROVISIONING_TASK_DIR/result.json.';

const length = (value: Json): string => (Array.isArray(value) ? `a list of ${value.length}` : describe(value));

const shown = (fields: readonly string[]): string =>
  fields.slice(0, 20).map(quote).join(', ') + (fields.length > 20 ? ' and others' : '');

const notText = (text: string, value: Json): Failure =>
  failure('definition_invalid', `${quote(text)} uses ${describe(value)} inside a text`, {
    hint: 'Only text, numbers and booleans can stand inside a text; a string that is one expression keeps any type.',
  });

/** Programs take text only: a number or a boolean of a result is written out. */
function withTexts({ argv, env, ...params }: JsonRecord): JsonRecord {
  const text = (value: Json): Json => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value);
  return {
    ...params,
    ...(argv === undefined ? {} : { argv: Array.isArray(argv) ? (argv as readonly Json[]).map(text) : argv }),
    ...(env === undefined ? {} : { env: isRecord(env) ? mapValues(env, text) : env }),
  };
}

const mapValues = (record: JsonRecord, map: (value: Json) => Json): JsonRecord =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
