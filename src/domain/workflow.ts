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
  readonly rollback_enabled: boolean;
  readonly operations: readonly Operation[];
}

export interface Operation {
  readonly id: string;
  /** `noun.verb` */
  readonly type: string;
  readonly provider?: string | undefined;
  readonly params: JsonRecord;
  /** Ids of operations of the same workflow. */
  readonly dependencies: readonly string[];
  /** Seconds for one attempt; 0 means no limit. Without it the setting `executor.task_timeout_seconds` holds. */
  readonly timeout?: number | undefined;
  readonly priority: Priority;
  readonly retry: RetryPolicy;
}
