import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Source } from '../domain/submission.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { RouteRequest } from '../routing/request.ts';

/** What a verb knows about itself; `dispatch` adds what the environment and the targets say. */
export type RouteParts = Omit<RouteRequest, 'variable' | 'targets' | 'dependencies'>;

/** Work that somebody asked for. */
export interface WorkRequest {
  readonly route: RouteParts;
  /** What it amounts to. Reads files and the inventory; not asked while a rule or a flag decides. */
  readonly define: () => Promise<Result<Workflow, readonly Failure[]>>;
  readonly options: WorkOptions;
  /** Where the definition is read from, if it is a file. */
  readonly source?: Source | undefined;
}

export interface WorkOptions {
  readonly wait: boolean;
  readonly detach: boolean;
  /** Idempotency key; without it a new one. */
  readonly key: string | undefined;
  /** Nothing on stderr but errors. */
  readonly quiet: boolean;
  /** No progress. */
  readonly silent: boolean;
  readonly colourless: boolean;
}
