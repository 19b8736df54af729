import { PRIORITIES } from '../domain/priority.ts';
import { BACKOFFS, ONE_ATTEMPT } from '../domain/retry.ts';
import type { RetryPolicy } from '../domain/retry.ts';
import { isRecord } from '../domain/json.ts';
import { didYouMean } from '../domain/suggest.ts';
import { OPERATION_TYPE } from '../domain/workflow.ts';
import type { Operation } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import type { Entry } from './entry.ts';
import { Fields } from './fields.ts';
import { BUILT_IN_TYPES, checkParams, withDefaults } from './params.ts';
import { readProvider } from './provider.ts';
import { describe, quote } from './quote.ts';
import type { Report } from './report.ts';
import { translateRetry } from './translate.ts';

/** Seconds; longer than any timer of the runtime needs to count. */
const YEAR = 31_536_000;

const KEYS = ['id', 'type', 'provider', 'params', 'dependencies', 'timeout', 'priority', 'retry'];
const LATER_KEYS = ['idempotent', 'probe', 'compensate', 'irreversible', 'on_failure', 'pool', 'mutex'];
const RETRY_KEYS = ['attempts', 'backoff', 'initial_delay', 'max_delay', 'on_exit_codes'];

/** An operation whose own fields have been read; `dependencies` are still to be looked up. */
export interface Draft {
  readonly path: Path;
  readonly id: string | undefined;
  readonly dependencies: readonly DependencyDraft[];
  /** With `dependencies` as they stand in the document. */
  readonly operation: Operation;
}

export interface DependencyDraft {
  readonly id: string;
  readonly path: Path;
}

/** What is wrong is in the report; the operation is only good when nothing is. */
export function readOperation(report: Report, entry: Entry, known: ReadonlySet<string>): Draft {
  const fields = new Fields({ report, path: entry.path }, entry.value, entry.written);
  fields.only(KEYS, LATER_KEYS);
  const id = fields.name('id');
  if (fields.value('id') === undefined) fields.missing('id', 'Every operation has an id, such as id = "web-1".');
  const type = readType(fields, known);
  const provider = readProvider(fields);
  const params = fields.json('params', 'Write params = { … }.');
  if (type !== undefined && params !== undefined)
    checkParams(type, new Fields({ report, path: fields.pathOf('params') }, params));
  const dependencies = readDependencies(fields);
  const timeout = fields.number('timeout', { min: 0, max: YEAR, unit: 'seconds' });
  const operation = {
    id: id ?? '',
    type: type ?? '',
    provider,
    params: withDefaults(type ?? '', id ?? '', params ?? {}),
    dependencies: dependencies.map((dependency) => dependency.id),
    timeout,
    priority: fields.choice('priority', PRIORITIES) ?? 'normal',
    retry: readRetry(fields),
  };
  return { path: entry.path, id, dependencies, operation };
}

function readType(fields: Fields, known: ReadonlySet<string>): string | undefined {
  const type = fields.text('type', 128);
  if (fields.value('type') === undefined)
    fields.missing('type', 'Say what to do, such as type = "server.create" or type = "command.run".');
  if (type === undefined) return undefined;
  if (!OPERATION_TYPE.test(type)) {
    fields.fail('type', `${quote(type)} is not a type`, 'A type is NOUN.VERB in lower case, such as "server.create".');
    return undefined;
  }
  if (known.has(type) || BUILT_IN_TYPES.some((builtIn) => builtIn === type)) return type;
  const [noun, verb] = type.split('.');
  const file = `"${verb}-${noun}" in ${noun}s/${verb}.nu`;
  const hint = didYouMean(type, [...known, ...BUILT_IN_TYPES]) ?? `It would be ${file} of the library or of nulib/.`;
  fields.fail('type', `unknown type ${quote(type)}`, hint);
  return undefined;
}

function readDependencies(fields: Fields): readonly DependencyDraft[] {
  const items = fields.list('dependencies', 'a list of ids', 'Write dependencies = ["web-1"].') ?? [];
  const found = new Map<string, DependencyDraft>();
  for (const [index, item] of items.entries()) {
    const path = [...fields.pathOf('dependencies'), index];
    if (isRecord(item)) {
      const hint = 'Write the id alone; it waits for success.';
      fields.report.fail(path, 'a dependency with a kind or condition is not in this version', hint);
    } else if (typeof item !== 'string')
      fields.report.fail(path, `a dependency must be the id of an operation; found ${describe(item)}`);
    else if (!found.has(item)) found.set(item, { id: item, path });
  }
  return [...found.values()];
}

function readRetry(fields: Fields): RetryPolicy {
  const record = fields.record('retry', 'Write retry = { attempts = 3 }.');
  if (record === undefined) return ONE_ATTEMPT;
  const entry = translateRetry(fields.report, fields.pathOf('retry'), record);
  const retry = new Fields({ report: fields.report, path: entry.path }, entry.value, entry.written);
  retry.only(RETRY_KEYS);
  const delay = { min: 0, max: YEAR, unit: 'seconds' };
  const initial = retry.number('initial_delay', delay) ?? ONE_ATTEMPT.initial_delay;
  const codes = readExitCodes(retry);
  return {
    attempts: retry.integer('attempts', { min: 1, max: 100 }) ?? ONE_ATTEMPT.attempts,
    backoff: retry.choice('backoff', BACKOFFS) ?? ONE_ATTEMPT.backoff,
    initial_delay: initial,
    max_delay: retry.number('max_delay', delay) ?? Math.max(ONE_ATTEMPT.max_delay, initial),
    on_exit_codes: codes,
  };
}

function readExitCodes(retry: Fields): readonly number[] | undefined {
  const codes = retry.list('on_exit_codes', 'a list of numbers', 'Write on_exit_codes = [75].');
  for (const [index, code] of codes?.entries() ?? [])
    if (!Number.isInteger(code) || Number(code) < 1 || Number(code) > 255)
      retry.report.fail(
        [...retry.pathOf('on_exit_codes'), index],
        `${describe(code)} is no exit code of a failure: 1 to 255`,
      );
  return codes as readonly number[] | undefined;
}
