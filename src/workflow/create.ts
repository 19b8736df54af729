import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { InfraCluster, InfraServer, InfraTaskserv } from '../domain/infra.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { didYouMean } from '../domain/suggest.ts';
import { quote } from './quote.ts';
import { defined, existing, identities } from './request.ts';
import type { Asked, CommandRequest } from './request.ts';

type Operations = Result<readonly Asked[], readonly Failure[]>;

/** The operations of `create` and `deploy`. */
export function createOperations(request: CommandRequest): Operations {
  if (request.noun === 'app') return deployApps(request);
  const names = targets(request);
  if (!names.ok) return names;
  const { definition, params } = request;
  if (request.noun === 'cluster') return ok(createClusters(request, names.value));
  if (request.noun === 'server') {
    const servers = byName(definition?.servers);
    return ok(names.value.map((name) => createServer(request, servers.get(name) ?? { name, params: {} }, params)));
  }
  const taskservs = byName(definition?.taskservs);
  return ok(names.value.map((name) => createTaskserv(request, name, taskservs.get(name))));
}

/** The names that were given, which the infra file must know if there is one; without names, all in the infra file. */
function targets(request: CommandRequest): Result<readonly string[], readonly Failure[]> {
  const { noun, infra, definition } = request;
  const names = [...new Set(request.names)];
  const known = new Set(defined(request, noun).map(({ name }) => name));
  if (definition === undefined && names.length === 0) {
    const hint = `Write infra/${infra}.ncl, or name what to create: provisioning ${noun} create NAME.`;
    return err([failure('not_found', `infra "${infra}" has no file`, { hint })]);
  }
  if (definition === undefined) return ok(names);
  if (known.size === 0) {
    const hint = `Write ${noun}s = [{ name = "…" }] in its file.`;
    return err([failure('not_found', `infra "${infra}" has no ${noun}s`, { hint })]);
  }
  if (names.length === 0) return ok([...known]);
  const unknown = names.filter((name) => !known.has(name));
  return unknown.length === 0 ? ok(names) : err(unknown.map((name) => notInInfra(request, name, known)));
}

function notInInfra({ noun, infra }: CommandRequest, name: string, known: Iterable<string>): Failure {
  const hint = didYouMean(name, known) ?? `It has ${[...known].slice(0, 5).join(', ')}.`;
  return failure('not_found', `infra "${infra}" has no ${noun} ${quote(name)}`, { hint });
}

/** Flags describe the server that was asked for, not those that a cluster needs. */
function createServer(request: CommandRequest, server: InfraServer, flags: JsonRecord): Asked {
  const { name } = server;
  const provider = request.provider ?? server.provider;
  const params = { ...server.params, ...flags, name };
  return { id: name, type: 'server.create', provider, params };
}

function createTaskserv(request: CommandRequest, name: string, taskserv: InfraTaskserv | undefined): Asked {
  const clusters = (request.definition?.clusters ?? []).filter(({ taskservs }) => taskservs.includes(name));
  const [cluster] = clusters.length === 1 ? clusters : [];
  const params = {
    servers: taskserv?.servers ?? existing(request, 'server'),
    ...(cluster === undefined ? {} : { cluster: cluster.name }),
    ...taskserv?.params,
    ...request.params,
    name,
  };
  const { credentials: own, waves, max_fail_percent } = { ...taskserv, ...request.spread };
  const keys = identities(request, listOf(params['servers']));
  const credentials = keys === undefined ? own : { ...keys, ...own };
  return { id: name, type: `taskserv.${request.verb}`, params, credentials, waves, max_fail_percent };
}

/** A cluster needs its servers: those that the inventory does not have are created before it. */
function createClusters(request: CommandRequest, names: readonly string[]): readonly Asked[] {
  const present = new Set(existing(request, 'server'));
  const definitions = byName(request.definition?.servers);
  const known = byName(request.definition?.clusters);
  const servers = new Map<string, Asked>();
  const missingOf = (cluster: InfraCluster | undefined) =>
    (cluster?.servers ?? []).filter((server) => !present.has(server));
  for (const server of names.flatMap((name) => missingOf(known.get(name)))) {
    const definition = definitions.get(server) ?? { name: server, params: {} };
    servers.set(server, createServer(request, definition, {}));
  }
  const taken = new Set(servers.keys());
  const clusters = names.map((name) => {
    const cluster = known.get(name);
    const params = clusterParams(request, name, cluster);
    return { id: freeId(taken, 'cluster', name), type: 'cluster.create', params, dependencies: missingOf(cluster) };
  });
  return [...servers.values(), ...clusters];
}

function clusterParams(request: CommandRequest, name: string, cluster: InfraCluster | undefined): JsonRecord {
  const taskservs = cluster?.taskservs ?? [];
  const own = (request.definition?.taskservs ?? []).filter((taskserv) => taskservs.includes(taskserv.name));
  return {
    servers: cluster?.servers ?? existing(request, 'server'),
    taskservs,
    ...Object.assign({}, ...own.map(({ params }) => params)),
    ...cluster?.params,
    ...request.params,
    name,
  };
}

function deployApps(request: CommandRequest): Operations {
  const { infra, params } = request;
  if (request.names.length === 0)
    return err([failure('usage', '"app deploy" does not say what to deploy', { hint: 'Give a name.' })]);
  if (params['servers'] !== undefined) return ok(appsWith(request, params));
  const known = [...new Set([...existing(request, 'cluster'), ...defined(request, 'cluster').map(({ name }) => name)])];
  const cluster = params['cluster'] ?? (known.length === 1 ? known[0] : undefined);
  if (cluster === undefined) {
    const clusters = known.length === 0 ? 'no cluster' : `${known.length} clusters: ${known.slice(0, 5).join(', ')}`;
    const message = `"app deploy" does not say where to; infra "${infra}" has ${clusters}`;
    return err([failure('usage', message, { hint: 'Give --cluster NAME, or --server NAME for plain hosts.' })]);
  }
  return ok(appsWith(request, { ...params, cluster }));
}

const appsWith = (request: CommandRequest, params: JsonRecord): readonly Asked[] =>
  [...new Set(request.names)].map((name) => ({
    id: name,
    type: 'app.deploy',
    params: { ...params, name },
    credentials: identities(request, listOf(params['servers'])),
    ...request.spread,
  }));

/** A server and a cluster may have one name; operations may not. */
function freeId(taken: Set<string>, kind: string, name: string): string {
  let id = name;
  for (let count = 1; taken.has(id); count++) id = `${kind}-${name}`.slice(0, 58) + (count === 1 ? '' : `-${count}`);
  taken.add(id);
  return id;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const byName = <T extends { readonly name: string }>(list: readonly T[] = []): ReadonlyMap<string, T> =>
  new Map(list.map((element) => [element.name, element]));
