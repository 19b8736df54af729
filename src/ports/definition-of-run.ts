import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';

/** What a run was asked to do: the definition stored with it, whatever has become of the file. */
export interface DefinitionOfRun {
  definition(id: string): Promise<Result<Workflow, Failure>>;
}
