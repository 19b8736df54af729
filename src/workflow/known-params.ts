import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { Path } from '../ports/definitions.ts';
import { quote } from './quote.ts';
import type { Report } from './report.ts';

/** An operation, and where its parameters stand. */
export interface Use {
  readonly type: string;
  readonly params: JsonRecord;
  readonly path: Path;
}

/**
 * Refuses what a shipped operation never reads: nobody shall think that it had an effect. What makes up the definition of a
 * server (`server.ts`) and what a taskserv's manifest declares (`service-params.ts`) is not ours to say.
 */
export function checkKnown(report: Report, use: Use): void {
  const { type, params, path } = use;
  if (UNFORCED.has(type) && Object.hasOwn(params, 'force'))
    report.fail([...path, 'force'], `${type} has no parameter "force"`, 'What is there and differs is deleted first.');
  const known = knownIn(use);
  if (known === undefined) return;
  refuse(report, use, known);
  if (known.includes('params') && isRecord(params['params']))
    refuse(report, { type, params: params['params'], path: [...path, 'params'] }, known);
}

function refuse(report: Report, { type, params, path }: Use, known: readonly string[]): void {
  for (const key of Object.keys(params))
    if (!known.includes(snakeCase(key)) && !(key === 'force' && UNFORCED.has(type)))
      report.fail([...path, key], `${type} has no parameter ${quote(key)}`, didYouMean(key, known) ?? has(known));
}

const UNFORCED: ReadonlySet<string> = new Set(['server.create', 'cluster.create', 'taskserv.create', 'app.remove']);

/** The parameters of kubernetes; they may stand in `params`, too, and in camel case. */
const KUBERNETES = ['kubernetes_version', 'pod_subnet', 'service_subnet', 'control_plane_endpoint', 'params'];
const ON_CLUSTER = ['name', 'cluster', 'image', 'replicas', 'port', 'env', 'force'];
const ON_SERVERS = 'name servers source command env secrets port user health health_timeout keep force'.split(' ');

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  'server.delete': ['name', 'force'],
  'taskserv.delete': ['name', 'servers', 'cluster', 'force'],
  'cluster.create': ['name', 'servers', 'taskservs', ...KUBERNETES],
  'cluster.delete': ['name', 'force'],
  'app.remove': ['name', 'cluster'],
};

function knownIn({ type, params }: Use): readonly string[] | undefined {
  if (type === 'app.deploy') {
    // Who says both is told so elsewhere.
    if (params['servers'] === undefined) return ON_CLUSTER;
    return params['cluster'] === undefined ? ON_SERVERS : [...ON_SERVERS, ...ON_CLUSTER];
  }
  if (type === 'taskserv.create' && params['name'] === 'kubernetes')
    return ['name', 'servers', 'cluster', ...KUBERNETES];
  return KNOWN[type];
}

const has = (known: readonly string[]): string => `It has ${known.filter((key) => key !== 'params').join(', ')}.`;

const snakeCase = (key: string): string =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
