import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';
import { ACTIVE } from '../workflow/in-use.ts';
import type { ActiveRun } from '../workflow/in-use.ts';

/** The runs of an infra that have not ended for good, newest first. What is forgotten meanwhile is left out. */
export async function activeRuns(
  reads: Reads,
  where: { readonly workspace: string; readonly infra: string },
): Promise<Result<readonly ActiveRun[], Failure>> {
  const all = await reads.runs();
  if (!all.ok) return all;
  const active: ActiveRun[] = [];
  for (const { workflow_id: id, status, workspace, infra } of all.value) {
    if (!ACTIVE.has(status) || workspace !== where.workspace || infra !== where.infra) continue;
    const [run, workflow] = [await reads.run(id), await reads.definition(id)];
    const refused = [run, workflow].find((read) => !read.ok && read.error.code !== 'not_found');
    if (refused?.ok === false) return err(refused.error);
    if (run.ok && workflow.ok && ACTIVE.has(run.value.status))
      active.push({ run: run.value, workflow: workflow.value });
  }
  return ok(active);
}
