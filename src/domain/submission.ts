import type { Pools } from './pool.ts';
import type { Priority } from './priority.ts';
import type { Workflow } from './workflow.ts';

export type Mode = 'direct' | 'orchestrated';

/** What of the configuration holds for one run, recorded with it when it is submitted. */
export interface RunSettings {
  /** Seconds for one attempt; 0 means no limit. */
  readonly task_timeout_seconds: number;
  /** Extra environment of Nushell tasks. */
  readonly env_vars: Readonly<Record<string, string>>;
  /** The pools that its operations may name. */
  readonly pools: Pools;
}

export interface Source {
  /** Absolute. */
  readonly file: string;
  readonly infra?: string | undefined;
  readonly priority?: Priority | undefined;
}

/** Everything a run needs to be executed by any engine, now or after a crash. */
export interface Submission {
  /** Same key and same body: the same run. Same key, other body: a conflict. */
  readonly key: string;
  readonly workflow: Workflow;
  /** A real path; the inventory is keyed by it. */
  readonly workspace: string;
  readonly mode: Mode;
  /** Why a run that should have been orchestrated is executed directly, if that happened. */
  readonly fallback: string | null;
  /** The submitter's environment, by allow-list: what its tasks see. */
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
  /** The file that it was read from, and the flags that came before what it says. */
  readonly source?: Source | undefined;
  /** `task_id` of the task that submitted it, while that ran. */
  readonly parent?: string | undefined;
  /** The run that this one takes back. */
  readonly rollback_of?: string | undefined;
  /** Nobody asked for it: the run that it takes back wants it so (`on_failure`). */
  readonly automatic?: true | undefined;
}
