import type { RunDocument } from '../api/documents.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Reads } from '../ports/reads.ts';

export interface Recorded {
  readonly run: RunDocument;
  /** What it was asked to do. */
  readonly definition: Workflow;
}

/** `id`: of a run, a unique prefix of it, or `@latest`. */
export async function readRecorded(reads: Reads, id: string): Promise<Result<Recorded, Failure>> {
  const run = await reads.run(id);
  if (!run.ok) return run;
  const definition = await reads.definition(run.value.workflow_id);
  return definition.ok ? ok({ run: run.value, definition: definition.value }) : definition;
}
