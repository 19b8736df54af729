import type { JsonRecord } from './json.ts';
import type { Spread } from './workflow.ts';

/**
 * A named set of servers, taskservs and clusters, as its file describes it: every default filled in, every name
 * known. Only `workflow/infra.ts` makes one. Its name is that of its file or folder.
 */
export interface Infra {
  readonly servers: readonly InfraServer[];
  readonly taskservs: readonly InfraTaskserv[];
  readonly clusters: readonly InfraCluster[];
}

export interface InfraServer {
  readonly name: string;
  /** Its own, or that of the infra. */
  readonly provider?: string | undefined;
  /** `plan`, `zone` and whatever else the provider understands. */
  readonly params: JsonRecord;
}

export interface InfraTaskserv extends Spread {
  readonly name: string;
  /** Names of servers of this infra; by default all of them. */
  readonly servers: readonly string[];
  readonly params: JsonRecord;
  /** As in an operation: variable → where its value is. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
}

export interface InfraCluster {
  readonly name: string;
  /** Names of servers of this infra; by default all of them. */
  readonly servers: readonly string[];
  /** Names of taskservs of this infra; by default none. */
  readonly taskservs: readonly string[];
  readonly params: JsonRecord;
}
