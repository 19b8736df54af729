import type { OutputPiece } from '../api/responses.ts';
import type { WhyDocument } from '../api/why.ts';
import type { EventDocument, ResourceDocument, RunDocument, RunSummary, TaskDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import type { ResourceKind } from '../domain/resource.ts';
import type { Result } from '../domain/result.ts';
import type { DefinitionOfRun } from './definition-of-run.ts';

/** A task with the run that it belongs to. */
export interface TaskInRun {
  readonly workflow_id: string;
  readonly task: TaskDocument;
}

/**
 * Reading, with the orchestrator up or down: from the store on this machine, over HTTP from another one.
 * Run ids may be unique prefixes or `@latest`: the newest run that neither only compares nor is an automatic rollback, or,
 * where there are but these, the newest of all. `not_found` and `conflict` (ambiguous) are the expected failures.
 */
export interface Reads extends DefinitionOfRun {
  /** Newest first. */
  runs(): Promise<Result<readonly RunSummary[], Failure>>;
  run(id: string): Promise<Result<RunDocument, Failure>>;
  tasks(filter: { status?: string | undefined }): Promise<Result<readonly TaskInRun[], Failure>>;
  task(taskId: string): Promise<Result<TaskInRun, Failure>>;
  /** What a run, or the task of it with this operation's id, waits for, or how it ended. */
  why(id: string, task?: string): Promise<Result<WhyDocument, Failure>>;
  /** Events with a greater `seq` than `after`. */
  events(id: string, after: number): Promise<Result<readonly EventDocument[], Failure>>;
  /**
   * Output of a task's latest attempt from byte `offset` on; fewer bytes than there are is allowed. Offsets count what
   * was printed; what of it was left out (`truncated`) is said in its place. With `since` (milliseconds since 1970) what
   * was printed before is skipped, as far as anybody noted when that was.
   */
  output(taskId: string, offset: number, since?: number): Promise<Result<OutputPiece, Failure>>;
  resources(filter: {
    workspace: string;
    kind: ResourceKind;
    infra?: string | undefined;
  }): Promise<Result<readonly ResourceDocument[], Failure>>;
}
