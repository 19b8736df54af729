import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Document, Path } from '../ports/definitions.ts';
import type { Context } from './context.ts';
import { WRAPPERS } from './document.ts';
import { Fields } from './fields.ts';
import { OPERATION_KEYS } from './operation.ts';
import { readOperations } from './operations.ts';
import { describe } from './quote.ts';
import { Report } from './report.ts';
import type { Warning } from './report.ts';
import { YEAR } from './time.ts';
import { translateWorkflow } from './translate.ts';

const KEYS = [
  'name',
  'version',
  'description',
  'infra',
  'parallel_limit',
  'timeout',
  'queue_timeout',
  'rollback_enabled',
  'operations',
];

export interface Validated {
  readonly workflow: Workflow;
  /** Older names that were understood. */
  readonly warnings: readonly Warning[];
}

/** What names in a workflow may mean; what is left out is not looked up. */
export interface Known extends Pick<Context, 'services'> {
  /** The configured ones. */
  readonly pools?: ReadonlySet<string> | undefined;
}

/**
 * The only way to a `Workflow`. Reports everything that is wrong, each with its place. `types` are the operation
 * types of the library; those that need no library are always known.
 */
export function validateWorkflow(
  document: Document,
  types: ReadonlySet<string>,
  { pools, services }: Known = {},
): Result<Validated, readonly Failure[]> {
  const report = new Report(document);
  const top = unwrap(report, document.value);
  if (top === undefined) return err(report.failures);
  const entry = translateWorkflow(report, top.path, top.value);
  const fields = new Fields({ report, path: entry.path }, entry.value, entry.written);
  fields.only(KEYS, { keys: OPERATION_KEYS, what: 'an operation' });
  const head = readHead(fields);
  const operations = readOperations(fields, { types, pools, services, rollbackEnabled: mayRollBack(fields) });
  if (report.failures.length > 0) return err(report.failures);
  return ok({ workflow: { ...head, operations }, warnings: report.warnings });
}

interface Top {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

function unwrap(report: Report, value: unknown): Top | undefined {
  if (!isRecord(value)) {
    const hint = 'Write name = "…" and operations = […], or put them into workflow = { … }.';
    report.fail([], `a workflow must be a record; found ${describe(value)}`, hint);
    return undefined;
  }
  const wrapper = WRAPPERS.find((key) => Object.hasOwn(value, key));
  if (wrapper === undefined) return { path: [], value };
  const top = new Fields({ report, path: [] }, value);
  for (const key of Object.keys(value))
    if (key !== wrapper) top.fail(key, `a key beside "${wrapper}"`, `Put it into "${wrapper}", or remove it.`);
  const inner = value[wrapper];
  if (isRecord(inner)) return { path: [wrapper], value: inner };
  top.fail(wrapper, `"${wrapper}" must be a record; found ${describe(inner)}`);
  return undefined;
}

function readHead(fields: Fields): Omit<Workflow, 'operations'> {
  const name = fields.name('name');
  if (fields.value('name') === undefined) fields.missing('name', 'Every workflow has a name, such as name = "deploy".');
  const version = fields.text('version', 100);
  const description = fields.text('description', 10_000);
  const limit = fields.integer('parallel_limit', { min: 1, max: Number.MAX_SAFE_INTEGER });
  return {
    name: name ?? '',
    version,
    description,
    infra: fields.name('infra') ?? 'default',
    parallel_limit: limit,
    timeout: readTimeout(fields, 'timeout'),
    queue_timeout: readTimeout(fields, 'queue_timeout'),
    rollback_enabled: fields.flag('rollback_enabled') ?? false,
  };
}

/** Seconds; 0 means the same as none. */
function readTimeout(fields: Fields, key: string): number | undefined {
  const seconds = fields.number(key, { min: 0, max: YEAR, unit: 'seconds' });
  return seconds === 0 ? undefined : seconds;
}

/** A value that is no boolean is reported once, where it stands. */
const mayRollBack = (fields: Fields): boolean => (fields.value('rollback_enabled') ?? false) !== false;
