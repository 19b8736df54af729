import type { Failure } from '../domain/failure.ts';
import type { Infra, InfraCluster, InfraServer, InfraTaskserv } from '../domain/infra.ts';
import { isRecord } from '../domain/json.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { Document } from '../ports/definitions.ts';
import { readCredentials } from './credentials.ts';
import { Fields } from './fields.ts';
import { checkKnown } from './known-params.ts';
import { checkParams } from './params.ts';
import { readProvider } from './provider.ts';
import { describe, quote } from './quote.ts';
import { Report } from './report.ts';
import { readSpread } from './spread.ts';
import { checkAdopted, checkServer, SERVER_FIELDS } from './server.ts';
import { templatesIn } from './template.ts';

/** The only way to an `Infra`. Reports everything that is wrong, each with its place. */
export function validateInfra(document: Document): Result<Infra, readonly Failure[]> {
  const report = new Report(document);
  if (!isRecord(document.value)) {
    const hint = 'Write servers = [{ name = "web-1" }].';
    report.fail([], `an infra must be a record; found ${describe(document.value)}`, hint);
    return err(report.failures);
  }
  const top = new Fields({ report, path: [] }, document.value);
  top.only(['provider', 'servers', 'taskservs', 'clusters']);
  const provider = readProvider(top);
  const servers = readServers(top, provider);
  const taskservs = readTaskservs(top, servers);
  const infra = { servers, taskservs, clusters: readClusters(top, servers, taskservs) };
  return report.failures.length > 0 ? err(report.failures) : ok(infra);
}

type Named = readonly { readonly name: string }[];

function readServers(top: Fields, shared: string | undefined): readonly InfraServer[] {
  return elements(top, 'servers').map((fields) => readServer(fields, shared));
}

function readServer(fields: Fields, shared: string | undefined): InfraServer {
  fields.only(['name', 'provider', ...SERVER_FIELDS, 'params']);
  const name = requiredName(fields);
  const provider = readProvider(fields) ?? shared;
  checkServer(fields);
  const said = SERVER_FIELDS.filter((key) => fields.value(key) !== undefined);
  const params = readParams(fields, 'server.create', ['provider', ...said]);
  const own = { ...Object.fromEntries(said.map((key) => [key, fields.value(key)])), ...params } as JsonRecord;
  if (provider === 'ssh') {
    const inParams = new Fields({ report: fields.report, path: fields.pathOf('params') }, params);
    checkAdopted(inParams, own, fields);
  }
  return { name, provider, params: own };
}

function readTaskservs(top: Fields, servers: Named): readonly InfraTaskserv[] {
  return elements(top, 'taskservs').map((fields) => {
    fields.only(['name', 'servers', 'params', 'credentials', 'waves', 'max_fail_percent']);
    return {
      name: requiredName(fields),
      servers: members(fields, 'servers', servers) ?? namesOf(servers),
      params: readParams(fields, 'taskserv.create', ['servers']),
      credentials: readCredentials(fields),
      ...readSpread(fields, 'taskserv.create', {}),
    };
  });
}

function readClusters(top: Fields, servers: Named, taskservs: Named): readonly InfraCluster[] {
  return elements(top, 'clusters').map((fields) => {
    fields.only(['name', 'servers', 'taskservs', 'params']);
    return {
      name: requiredName(fields),
      servers: members(fields, 'servers', servers) ?? namesOf(servers),
      taskservs: members(fields, 'taskservs', taskservs) ?? [],
      params: readParams(fields, 'cluster.create', ['servers', 'taskservs']),
    };
  });
}

/** The records of a list, each ready to be read. Two of one name are reported. */
function elements(top: Fields, key: string): readonly Fields[] {
  const { report } = top;
  const first = new Map<string, number>();
  const items = top.list(key, 'a list', `Write ${key} = [{ name = "…" }].`) ?? [];
  return items.flatMap((item, index) => {
    const path = [...top.pathOf(key), index];
    if (!isRecord(item)) {
      report.fail(path, `an element of "${key}" must be a record; found ${describe(item)}`, 'Write { name = "…" }.');
      return [];
    }
    const fields = new Fields({ report, path }, item);
    const name = fields.value('name');
    if (typeof name !== 'string') return [fields];
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else
      fields.fail('name', `name ${quote(name)} is already used at ${report.placeText([...top.pathOf(key), before])}`);
    return [fields];
  });
}

function requiredName(fields: Fields): string {
  if (fields.value('name') === undefined) fields.missing('name', 'Everything in an infra has a name.');
  return fields.name('name') ?? '';
}

/** `params`, in which what has a field of its own would be said twice. */
function readParams(fields: Fields, type: string, elsewhere: readonly string[]): JsonRecord {
  const value = fields.json('params', 'Write params = { … }.') ?? {};
  const params = new Fields({ report: fields.report, path: fields.pathOf('params') }, value);
  for (const key of ['name', ...elsewhere])
    if (params.value(key) !== undefined)
      params.fail(key, `"${key}" does not belong into "params"`, 'Move it beside "params".');
  for (const { path } of templatesIn(value))
    fields.report.fail([...params.path, ...path], 'uses the result of a task, and an infra has none', TEMPLATE_HINT);
  checkParams(type, params);
  checkKnown(fields.report, { type, params: { ...value, name: fields.value('name') as Json }, path: params.path });
  return value;
}

const TEMPLATE_HINT = 'Write the value itself, or write a workflow.';

function members(fields: Fields, key: string, known: Named): readonly string[] | undefined {
  const names = fields.names(key);
  const possible = new Set(namesOf(known));
  for (const [index, name] of (names === undefined ? [] : (fields.list(key, '') ?? [])).entries()) {
    if (typeof name !== 'string' || possible.has(name) || !names?.includes(name)) continue;
    const near = fields.report.failures.length < MAX_SUGGESTIONS ? didYouMean(name, possible) : undefined;
    const hint = near ?? `It is none of the ${key} of this infra.`;
    fields.report.fail([...fields.pathOf(key), index], `unknown name ${quote(name)}`, hint);
  }
  return names;
}

/** Suggestions compare with every name; nobody needs more of them. */
const MAX_SUGGESTIONS = 20;

const namesOf = (list: Named): readonly string[] => list.map(({ name }) => name);
