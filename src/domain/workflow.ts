import type { JsonRecord } from './json.ts';
import type { Priority } from './priority.ts';
import type { RetryPolicy } from './retry.ts';

/** Names of servers, infras, operations …: what a user may call something. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
/** `noun.verb` */
export const OPERATION_TYPE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;

/**
 * A valid definition: every default filled in, every dependency known, no cycle. Only `workflow/validate.ts` makes
 * one. Fields are spelled as in the documents, so that file, API, store and code share one vocabulary.
 */
export interface Workflow {
  readonly name: string;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  /** Where the inventory records what the run makes. */
  readonly infra: string;
  readonly parallel_limit?: number | undefined;
  /** Seconds from the start of the run's first task to its end. */
  readonly timeout?: number | undefined;
  /** Seconds that the run may wait for its first task to start. */
  readonly queue_timeout?: number | undefined;
  readonly rollback_enabled: boolean;
  readonly operations: readonly Operation[];
}

export const DEPENDENCY_KINDS = ['hard', 'soft', 'optional'] as const;
export const DEPENDENCY_CONDITIONS = ['success', 'failure', 'always'] as const;

/**
 * What an operation waits for. `hard`: it must end as `on` says, else the dependant is skipped. `soft`: the dependant
 * waits for its end, however that is. `optional`: like `hard`, but no matter when the workflow has no such operation.
 */
export interface Dependency {
  readonly id: string;
  readonly kind: (typeof DEPENDENCY_KINDS)[number];
  readonly on: (typeof DEPENDENCY_CONDITIONS)[number];
}

/** Finds out whether an operation took effect: exit code 0 it did, 3 it did not, else nobody knows. */
export type Probe =
  | { readonly argv: readonly string[] }
  /** A function of the workspace's `nulib/`, which gets the request as the operation did. */
  | { readonly module: string; readonly function: string };

/** What takes an operation back. */
export interface Compensation {
  readonly type: string;
  readonly params: JsonRecord;
}

export const ON_FAILURE = ['fail', 'continue', 'rollback'] as const;
/**
 * `fail`: what depends on it is skipped. `continue`: what depends on it goes on as if it had completed. `rollback`: as
 * `fail`, and once the run has ended, what it has done is taken back.
 */
export type OnFailure = (typeof ON_FAILURE)[number];

/** How an operation over many servers goes from one to all. */
export interface Spread {
  /** Numbers of servers, or shares of all (`50%`), one after the other; the last is repeated. By default all at once. */
  readonly waves?: readonly (number | string)[] | undefined;
  /** When more of all servers than this have failed, no further wave begins. By default 0. */
  readonly max_fail_percent?: number | undefined;
}

export interface Operation extends Spread {
  readonly id: string;
  /** `noun.verb` */
  readonly type: string;
  readonly provider?: string | undefined;
  readonly params: JsonRecord;
  /** Operations of the same workflow. A bare id is a hard dependency on success. */
  readonly dependencies: readonly (string | Dependency)[];
  /** Seconds for one attempt; 0 means no limit. Without it the setting `executor.task_timeout_seconds` holds. */
  readonly timeout?: number | undefined;
  readonly priority: Priority;
  readonly retry: RetryPolicy;
  /** Doing it twice is the same as once: tried again when nobody knows how an attempt ended. By default it is not. */
  readonly idempotent?: boolean | undefined;
  readonly probe?: Probe | undefined;
  /** Without it, shipped creating operations are taken back by their deleting ones. */
  readonly compensate?: Compensation | undefined;
  /** Cannot be taken back: a rollback says so and wants consent. */
  readonly irreversible?: boolean | undefined;
  readonly on_failure?: OnFailure | undefined;
  /** Name of a configured pool, whose limit and rate it respects. */
  readonly pool?: string | undefined;
  /** Keys that no two running tasks hold at the same time, over all runs. */
  readonly mutex?: readonly string[] | undefined;
  /** Variable of the task's environment → where its value is: `env:NAME`, `file:PATH`, `command:ARGV`. Never the value. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
}

/**
 * Whether a dependant may go on after such an end of what it depends on; `onFailure` is what that one says. The run and
 * the checks of a definition both go by this.
 */
export function isEndWanted(
  { kind, on }: Pick<Dependency, 'kind' | 'on'>,
  end: 'completed' | 'failed' | 'cancelled' | 'skipped',
  onFailure: OnFailure | undefined,
): boolean {
  if (kind === 'soft' || on === 'always') return true;
  if (end === 'failed') return on === 'failure' || onFailure === 'continue';
  return end === 'completed' && on === 'success';
}

/** A dependency with its defaults filled in. */
export const dependencyOf = (said: string | Dependency): Dependency =>
  typeof said === 'string' ? { id: said, kind: 'hard', on: 'success' } : said;
