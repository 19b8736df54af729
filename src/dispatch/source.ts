import { existsSync } from 'node:fs';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import { notice } from '../presentation/notice.ts';
import { readWorkflow } from './define.ts';
import type { Services } from './services.ts';

/**
 * The definition of a run as its file has it now, for the orchestrator to compare. Empty where the run was not read from
 * a file, or the file is gone: then the definition that is stored with the run holds.
 */
export async function readSourceAgain(
  services: Services,
  given: string,
): Promise<Result<{ readonly workflow?: Record<string, unknown> }, readonly Failure[]>> {
  const run = await (await services.reads()).run(given);
  if (!run.ok) return err([run.error]);
  const { source } = run.value;
  if (source === undefined) return ok({});
  if (!existsSync(source.file)) {
    services.terminal.note(notice(`${source.file} is gone; the run goes on with the definition stored with it.`));
    return ok({});
  }
  const read = await readWorkflow(services, source.file, source);
  return read.ok ? ok({ workflow: asData(read.value) }) : read;
}

const asData = (workflow: Workflow): Record<string, unknown> => ({ ...workflow });
