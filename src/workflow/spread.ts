import type { JsonRecord } from '../domain/json.ts';
import type { Spread } from '../domain/workflow.ts';
import type { Fields } from './fields.ts';
import { nounOf } from './params.ts';
import { describe } from './quote.ts';

/** Work on one thing, or on things that have operations of their own; some types of it can be told servers, too. */
const SINGLE: ReadonlySet<string> = new Set(['command', 'nushell', 'server', 'cluster', 'app']);
const OVER_SERVERS: ReadonlySet<string | undefined> = new Set(['command.run', 'app.deploy']);
const MANY_HINT =
  'It is for operations over many servers: those of a taskserv, or command.run and app.deploy with params.servers.';
const HINT = 'Write waves = [1, 2, "50%"]: one host first, then two, then half of them at a time.';

/** How an operation over many servers goes from one to all: `waves` and `max_fail_percent`. */
export function readSpread(fields: Fields, type: string | undefined, params: JsonRecord): Spread {
  const said = ['waves', 'max_fail_percent'].filter((key) => fields.value(key) !== undefined);
  const isSingle = type !== undefined && SINGLE.has(nounOf(type));
  if (isSingle && !(OVER_SERVERS.has(type) && params['servers'] !== undefined))
    for (const key of said) fields.fail(key, `"${key}" means nothing to ${type}`, MANY_HINT);
  return { waves: readWaves(fields), max_fail_percent: fields.number('max_fail_percent', { min: 0, max: 100 }) };
}

function readWaves(fields: Fields): Spread['waves'] {
  const waves = fields.list('waves', 'a list', HINT);
  for (const [index, wave] of waves?.entries() ?? [])
    if (!isWave(wave)) fields.report.fail([...fields.pathOf('waves'), index], `${describe(wave)} is no wave`, HINT);
  if (waves?.length === 0) fields.fail('waves', '"waves" has no wave', HINT);
  return waves as Spread['waves'];
}

/** A number of hosts, or a share of all of them. */
const isWave = (wave: unknown): boolean =>
  typeof wave === 'number'
    ? Number.isSafeInteger(wave) && wave >= 1
    : typeof wave === 'string' && /^(100|[1-9]\d?)%$/.test(wave);
