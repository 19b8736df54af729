import type { EventDocument, ResourceDocument, RunDocument, RunSummary } from '../api/documents.ts';
import { paths } from '../api/paths.ts';
import type { OutputPiece } from '../api/responses.ts';
import type { WhyDocument } from '../api/why.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Reads, TaskInRun } from '../ports/reads.ts';
import type { CallFailure } from './call-failure.ts';

type Get = <T>(path: string) => Promise<Result<T, CallFailure>>;

/** The inventory of another machine is keyed by its own workspaces: ours mean nothing there, so it is asked for its own. */
export const httpReads = (get: Get): Reads => ({
  runs: () => get<readonly RunSummary[]>(paths.workflows),
  run: (id) => get<RunDocument>(paths.workflow(id)),
  definition: (id) => get<Workflow>(paths.definition(id)),
  tasks: ({ status }) => get<readonly TaskInRun[]>(paths.tasks + query({ status })),
  task: (taskId) => get<TaskInRun>(paths.task(taskId)),
  why: (id, task) => get<WhyDocument>(paths.why(id) + query({ task })),
  events: (id, after) => get<readonly EventDocument[]>(paths.events(id) + query({ after: String(after) })),
  output: (taskId, offset, since) =>
    get<OutputPiece>(paths.log(taskId) + query({ offset: String(offset), since: since?.toString() })),
  resources: ({ kind, infra }) => get<readonly ResourceDocument[]>(paths.resources + query({ kind, infra })),
});

function query(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
