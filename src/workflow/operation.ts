import type { JsonRecord } from '../domain/json.ts';
import { PRIORITIES } from '../domain/priority.ts';
import type { Operation } from '../domain/workflow.ts';
import type { Path } from '../ports/definitions.ts';
import type { Context } from './context.ts';
import { readCredentials } from './credentials.ts';
import { readDependencies } from './dependencies.ts';
import type { DependencyDraft } from './dependencies.ts';
import type { Entry } from './entry.ts';
import { Fields } from './fields.ts';
import { readParams } from './params.ts';
import { readProvider } from './provider.ts';
import { readRecovery } from './recovery.ts';
import type { Report } from './report.ts';
import { readRetry } from './retry.ts';
import { readMutex, readPool } from './sharing.ts';
import { checkServiceParams } from './service-params.ts';
import { readSpread } from './spread.ts';
import { YEAR } from './time.ts';
import { checkAdopted, identityOf } from './server.ts';
import { readType } from './type.ts';

export const OPERATION_KEYS = [
  'id',
  'type',
  'provider',
  'params',
  'dependencies',
  'timeout',
  'priority',
  'retry',
  'idempotent',
  'probe',
  'compensate',
  'irreversible',
  'on_failure',
  'pool',
  'mutex',
  'credentials',
  'waves',
  'max_fail_percent',
];

/** An operation whose own fields have been read; what it says of other operations is still to be looked up. */
export interface Draft {
  readonly path: Path;
  readonly id: string | undefined;
  readonly dependencies: readonly DependencyDraft[];
  /** Where its parameters stand, and those of what takes it back. */
  readonly params: Path;
  readonly compensation: Path;
  /** With `dependencies` as they stand in the document. */
  readonly operation: Operation;
}

/** What is wrong is in the report; the operation is only good when nothing is. */
export function readOperation(report: Report, entry: Entry, context: Context): Draft {
  const fields = new Fields({ report, path: entry.path }, entry.value, entry.written);
  fields.only(OPERATION_KEYS);
  const id = fields.name('id');
  if (fields.value('id') === undefined) fields.missing('id', 'Every operation has an id, such as id = "web-1".');
  const type = readType(fields, context.types);
  const provider = readProvider(fields);
  const params = readParams(fields, type, id ?? '');
  if (type === 'server.create' && provider === 'ssh')
    checkAdopted(new Fields({ report, path: fields.pathOf('params') }, params), params);
  checkServiceParams(report, { type, params, path: fields.pathOf('params') }, context);
  const dependencies = readDependencies(fields);
  const operation = {
    id: id ?? '',
    type: type ?? '',
    provider,
    params,
    dependencies: dependencies.map(({ said }) => said),
    timeout: fields.number('timeout', { min: 0, max: YEAR, unit: 'seconds' }),
    priority: fields.choice('priority', PRIORITIES) ?? 'normal',
    retry: readRetry(fields),
    ...readRecovery(fields, context, nameIn(params, id)),
    pool: readPool(fields, context.pools),
    mutex: readMutex(fields),
    credentials: credentialsOf(fields, type, params),
    ...readSpread(fields, type, params),
  };
  const compensation = [...fields.pathOf('compensate'), 'params'];
  return { path: entry.path, id, dependencies, params: fields.pathOf('params'), compensation, operation };
}

/** Those that it names, and the key of a server that it makes. */
function credentialsOf(fields: Fields, type: string | undefined, params: JsonRecord): Operation['credentials'] {
  const said = readCredentials(fields);
  const all = { ...(type === 'server.create' ? identityOf(params) : {}), ...said };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** What the operation is about. */
const nameIn = ({ name }: Operation['params'], id: string | undefined): string =>
  typeof name === 'string' ? name : (id ?? '');
