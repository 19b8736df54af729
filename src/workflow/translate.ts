import { isRecord } from '../domain/json.ts';
import type { Path } from '../ports/definitions.ts';
import { batchOf, expand } from './batch.ts';
import type { Entry } from './entry.ts';
import { describe, quote } from './quote.ts';
import type { Report } from './report.ts';

/** Names of older generations, and what they are called today. `max_retries`, types and batches need more: see below. */
const WORKFLOW_NAMES = names({
  max_parallel: 'parallel_limit',
  max_parallel_operations: 'parallel_limit',
  tasks: 'operations',
});
const OPERATION_NAMES = names({
  operation_id: 'id',
  operation_type: 'type',
  parameters: 'params',
  depends_on: 'dependencies',
  timeout_seconds: 'timeout',
  retry_policy: 'retry',
});
const RETRY_NAMES = names({ max_attempts: 'attempts' });

const NOTHING: ReadonlyMap<string, string> = new Map();

/** `server_create`: today a dot stands between noun and verb, and an underscore nowhere. */
const OLD_TYPE = /^([a-z][a-z0-9-]*)_([a-z][a-z0-9-]*)$/;

/** The workflow's own fields; its operations are translated one by one. */
export const translateWorkflow = (report: Report, path: Path, value: Entry['value']): Entry =>
  renamed(report, { value, path, written: NOTHING }, WORKFLOW_NAMES);

/** One operation of the document: several where it is a batch of an older generation. */
export function translateOperation(report: Report, path: Path, value: Entry['value']): readonly Entry[] {
  const entry = withType(
    report,
    withRetries(report, renamed(report, { value, path, written: NOTHING }, OPERATION_NAMES)),
  );
  const batch = batchOf(entry.value['type']);
  return batch === undefined ? [entry] : expand(report, entry, batch);
}

/** The fields of `retry`. */
export const translateRetry = (report: Report, path: Path, value: Entry['value']): Entry =>
  renamed(report, { value, path, written: NOTHING }, RETRY_NAMES);

function renamed(report: Report, entry: Entry, table: ReadonlyMap<string, string>): Entry {
  const old = Object.keys(entry.value).filter((key) => table.has(key));
  if (old.length === 0) return entry;
  const value = { ...entry.value };
  const written = new Map(entry.written);
  for (const key of old) {
    const today = table.get(key) ?? key;
    if (Object.hasOwn(value, today)) both(report, [...entry.path, key], key, today);
    else {
      report.warn([...entry.path, key], `"${key}" is an older name: write "${today}"`);
      value[today] = value[key];
      written.set(today, key);
    }
    delete value[key];
  }
  return { value, path: entry.path, written };
}

/** `max_retries` counted what came after the first attempt. */
function withRetries(report: Report, entry: Entry): Entry {
  if (!Object.hasOwn(entry.value, 'max_retries')) return entry;
  const { max_retries: retries, ...value } = entry.value;
  const path = [...entry.path, 'max_retries'];
  const retry = value['retry'] ?? {};
  if (retries === null) return { ...entry, value };
  if (typeof retries !== 'number' || !Number.isInteger(retries) || retries < 0 || retries > 99) {
    report.fail(path, `"max_retries" must be a whole number, 0 to 99; found ${describe(retries)}`);
    return { ...entry, value };
  }
  if (!isRecord(retry)) return { ...entry, value };
  if (Object.hasOwn(retry, 'attempts') || Object.hasOwn(retry, 'max_attempts')) {
    both(report, path, 'max_retries', 'retry.attempts');
    return { ...entry, value };
  }
  report.warn(path, '"max_retries" is an older name: write "retry.attempts", which counts the first attempt too');
  const written = new Map(entry.written);
  if (!Object.hasOwn(value, 'retry')) written.set('retry', 'max_retries');
  return { path: entry.path, value: { ...value, retry: { ...retry, attempts: retries + 1 } }, written };
}

function withType(report: Report, entry: Entry): Entry {
  const type = entry.value['type'];
  if (typeof type !== 'string' || type.length > 128 || batchOf(type) !== undefined) return entry;
  const [, noun, verb] = OLD_TYPE.exec(type) ?? [];
  if (noun === undefined || verb === undefined) return entry;
  const today = `${noun}.${verb}`;
  report.warn(
    [...entry.path, entry.written.get('type') ?? 'type'],
    `${quote(type)} is an older name: write ${quote(today)}`,
  );
  return { ...entry, value: { ...entry.value, type: today } };
}

const both = (report: Report, path: Path, old: string, today: string): void =>
  report.fail(path, `"${old}" is an older name of "${today}", and both are given`, `Remove "${old}".`);

function names(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table));
}
