import type { Infra } from '../domain/infra.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { Priority } from '../domain/priority.ts';
import type { Spread } from '../domain/workflow.ts';
import type { Resource, ResourceKind } from '../domain/resource.ts';
import type { ActiveRun } from './in-use.ts';
import { identityOf } from './server.ts';

/** A command with a noun and a verb, as the command line or the older HTTP paths give it. */
export interface CommandRequest {
  readonly noun: ResourceKind;
  /** `check`: what `create` would change. */
  readonly verb: 'create' | 'delete' | 'deploy' | 'remove' | 'check';
  readonly infra: string;
  readonly names: readonly string[];
  /** Everything of this kind: what a destroying command wants where it has no names. */
  readonly all: boolean;
  /** The infra file, if there is one. */
  readonly definition?: Infra | undefined;
  /** What exists in this infra, as far as we know. */
  readonly inventory: readonly InventoryEntry[];
  /** Runs of this infra that have not ended; only destroying asks. */
  readonly active?: readonly ActiveRun[] | undefined;
  /** From flags; they come before what the infra file says. */
  readonly params: JsonRecord;
  /** From a flag; for the servers that the command creates. */
  readonly provider?: string | undefined;
  readonly priority?: Priority | undefined;
  /** From flags. */
  readonly spread?: Spread | undefined;
}

export type InventoryEntry = Pick<Resource, 'kind' | 'name' | 'definition' | 'provider'>;

export const destroys = (verb: CommandRequest['verb']): boolean => verb === 'delete' || verb === 'remove';

/** An operation of a command, before validation. */
export interface Asked extends Spread {
  readonly id: string;
  readonly type: string;
  readonly provider?: string | undefined;
  readonly params: JsonRecord;
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  readonly dependencies?: readonly string[] | undefined;
}

/** Names of one kind in the inventory. */
export const existing = ({ inventory }: CommandRequest, kind: ResourceKind): readonly string[] =>
  inventory.filter((entry) => entry.kind === kind).map(({ name }) => name);

/** The keys that are needed to work on servers, as credentials. */
export function identities(request: CommandRequest, servers: readonly unknown[]): Asked['credentials'] {
  const meant = (request.definition?.servers ?? []).map(({ name, params }) => [name, params] as const);
  const made = request.inventory.filter(({ kind }) => kind === 'server');
  const known = new Map([...meant, ...made.map(({ name, definition }) => [name, definition] as const)]);
  const all: Record<string, string> = {};
  for (const server of servers) Object.assign(all, identityOf(known.get(String(server)) ?? {}));
  return Object.keys(all).length === 0 ? undefined : all;
}

/** What the infra file says of one kind; apps stand in no infra file. */
export function defined({ definition }: CommandRequest, kind: ResourceKind): readonly { readonly name: string }[] {
  if (definition === undefined || kind === 'app') return [];
  return { server: definition.servers, taskserv: definition.taskservs, cluster: definition.clusters }[kind];
}
