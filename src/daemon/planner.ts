import type { CommandType } from '../api/paths.ts';
import type { CommandBody } from '../api/requests.ts';
import { activeRuns } from '../compose/active-runs.ts';
import { findInfraFile } from '../config/infra-file.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Infra } from '../domain/infra.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { Resource } from '../domain/resource.ts';

import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Library } from '../ports/library.ts';
import type { Reads } from '../ports/reads.ts';
import type { Workflow } from '../domain/workflow.ts';
import { commandWorkflow } from '../workflow/command.ts';
import { destroys } from '../workflow/request.ts';
import { documentOf } from '../workflow/document.ts';
import { validateInfra } from '../workflow/infra.ts';
import { usesServices } from '../workflow/service-params.ts';
import { validateWorkflow } from '../workflow/validate.ts';
import type { Asker, Planner } from './service.ts';

export interface PlannerWorld {
  readonly definitions: Definitions;
  /** The library as a workspace sees it. */
  readonly libraryOf: (workspace: string) => Library;
  readonly reads: Reads;
  readonly inventory: (where: { workspace: string; infra: string }) => readonly Resource[];
}

export const createPlanner = (world: PlannerWorld): Planner => ({
  async definition(value, workspace, pools) {
    const library = world.libraryOf(workspace);
    const services = usesServices(value) ? await library.parameters() : undefined;
    const known = new Set(await library.types());
    const validated = validateWorkflow(documentOf('request', value), known, { pools, services });
    return validated.ok ? ok(validated.value.workflow) : validated;
  },
  command: (type, body, from) => planCommand(world, { type, body, ...from }),
});

interface Asked extends Asker {
  readonly type: CommandType;
  readonly body: CommandBody;
}

async function planCommand(world: PlannerWorld, asked: Asked): Promise<Result<Workflow, readonly Failure[]>> {
  const { type, body, workspace, task } = asked;
  if (body.type !== undefined && body.type.replace('_', '.') !== type)
    return err([failure('usage', `type ${JSON.stringify(body.type)} does not belong to this path, which is ${type}`)]);
  const params = readParams(type, body.params);
  if (!params.ok) return params;
  const definition = await definitionOf(world, asked, params.value.carried);
  if (!definition.ok) return definition;
  const [noun, verb] = TYPE_PARTS[type];
  const { names, all, provider, rest } = params.value;
  const inventory = world.inventory({ workspace, infra: body.infra });
  const active = destroys(verb)
    ? await activeRuns(world.reads, { workspace, infra: body.infra, askedBy: task })
    : ok([]);
  if (!active.ok) return err([active.error]);
  return commandWorkflow({
    noun,
    verb,
    infra: body.infra,
    names,
    all,
    provider,
    inventory,
    active: active.value,
    definition: definition.value,
    params: rest,
  });
}

const TYPE_PARTS = {
  'server.create': ['server', 'create'],
  'server.delete': ['server', 'delete'],
  'taskserv.create': ['taskserv', 'create'],
  'taskserv.delete': ['taskserv', 'delete'],
  'cluster.create': ['cluster', 'create'],
  'cluster.delete': ['cluster', 'delete'],
} as const;

interface Params {
  /** What an infra file would say. */
  readonly carried: Readonly<Record<string, unknown>> | undefined;
  readonly names: readonly string[];
  readonly all: boolean;
  readonly provider: string | undefined;
  /** Parameters of the operations. */
  readonly rest: JsonRecord;
}

function readParams(type: CommandType, params: Readonly<Record<string, unknown>>): Result<Params, readonly Failure[]> {
  const { name, names = name === undefined ? [] : [name], all = false, provider, ...others } = params;
  if (!isTexts(names)) return err([failure('usage', 'params.name must be a name, and params.names a list of names')]);
  if (typeof all !== 'boolean') return err([failure('usage', 'params.all must be true or false')]);
  const entries = Object.entries(others);
  const defining = entries.filter(([key, value]) => isDefinition(type, key, value));
  const rest = Object.fromEntries(entries.filter((entry) => !defining.includes(entry))) as JsonRecord;
  if (defining.length > 0) {
    const carried = Object.fromEntries(provider === undefined ? defining : [...defining, ['provider', provider]]);
    return ok({ carried, names, all, provider: undefined, rest });
  }
  if (provider !== undefined && typeof provider !== 'string')
    return err([failure('usage', 'params.provider must be the name of a provider')]);
  return ok({ carried: undefined, names, all, provider, rest });
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** `servers` of a taskserv are names of servers, unless they are records. */
const isDefinition = (type: CommandType, key: string, value: unknown): boolean =>
  ['servers', 'taskservs', 'clusters'].includes(key) && (key.startsWith(TYPE_PARTS[type][0]) || !isTexts(value));

async function definitionOf(
  world: PlannerWorld,
  { body, workspace }: Asked,
  carried: Params['carried'],
): Promise<Result<Infra | undefined, readonly Failure[]>> {
  if (carried !== undefined) return validateInfra(documentOf('request', carried));
  if (body.workspace === undefined) return ok(undefined);
  const file = findInfraFile(workspace, body.infra);
  if (!file.ok) return err([file.error]);
  if (file.value === undefined) return ok(undefined);
  const document = await world.definitions.read(file.value);
  return document.ok ? validateInfra(document.value) : document;
}
