import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Reads } from '../ports/reads.ts';
import { ACTIVE } from '../workflow/in-use.ts';
import type { ActiveRun } from '../workflow/in-use.ts';

export interface Where {
  readonly workspace: string;
  readonly infra: string;
  /** `task_id` of the task that asks: the runs that wait for its work know what they ask for, and are left out. */
  readonly askedBy?: string | undefined;
}

/** The runs of an infra that have not ended for good, newest first. What is forgotten meanwhile is left out. */
export async function activeRuns(
  reads: Reads,
  { workspace, infra, askedBy }: Where,
): Promise<Result<readonly ActiveRun[], Failure>> {
  const all = await reads.runs();
  if (!all.ok) return all;
  const own = await runsAbove(reads, askedBy);
  const active: ActiveRun[] = [];
  for (const { workflow_id: id, ...run } of all.value) {
    if (!ACTIVE.has(run.status) || run.workspace !== workspace || run.infra !== infra || own.has(id)) continue;
    const found = await activeRun(reads, id);
    if (!found.ok) return found;
    if (found.value !== undefined) active.push(found.value);
  }
  return ok(active);
}

async function activeRun(reads: Reads, id: string): Promise<Result<ActiveRun | undefined, Failure>> {
  const [run, workflow] = [await reads.run(id), await reads.definition(id)];
  if (run.ok && workflow.ok)
    return ok(ACTIVE.has(run.value.status) ? { run: run.value, workflow: workflow.value } : undefined);
  const refused = [run, workflow].find((read) => !read.ok && read.error.code !== 'not_found');
  return refused?.ok === false ? err(refused.error) : ok(undefined);
}

/** The run of a task, the run of the task that submitted that one, and so on. */
async function runsAbove(reads: Reads, task: string | undefined): Promise<ReadonlySet<string>> {
  const above = new Set<string>();
  for (let at = task; at !== undefined;) {
    const found = await reads.task(at);
    if (!found.ok || above.has(found.value.workflow_id)) break;
    above.add(found.value.workflow_id);
    const run = await reads.run(found.value.workflow_id);
    at = run.ok ? run.value.parent?.task_id : undefined;
  }
  return above;
}
