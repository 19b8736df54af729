import type { RunSummary } from '../api/documents.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { Reads } from '../ports/reads.ts';
import { Durations } from '../workflow/estimate.ts';

const OF_THE_SAME_NAME = 10;
const OTHERS = 10;
/** Reading a run of 100,000 tasks takes a second: what was read until then has to do. */
const ENOUGH_TASKS = 20_000;

/** How long the operations of a run took before: in the latest runs of its workflow, then in others of its workspace. */
export async function readDurations(
  reads: Reads,
  { workflow_id, name, workspace }: Pick<RunSummary, 'workflow_id' | 'name' | 'workspace'>,
): Promise<Durations> {
  const durations = new Durations();
  const runs = await reads.runs();
  if (!runs.ok) return durations;
  const ended = runs.value.filter((run) => run.workflow_id !== workflow_id && isOutcome(run.status));
  const near = ended.filter((run) => run.workspace === workspace);
  const same = near.filter((run) => run.name === name).slice(0, OF_THE_SAME_NAME);
  const others = near.filter((run) => run.name !== name).slice(0, OTHERS);
  let count = 0;
  for (const earlier of [...same, ...others]) {
    const run = await reads.run(earlier.workflow_id);
    if (!run.ok || count > ENOUGH_TASKS) break;
    count += run.value.tasks.length;
    for (const task of run.value.tasks) {
      const { status, started_at, finished_at } = task;
      if (status === 'completed' && started_at !== null && finished_at !== null)
        durations.add(task, Date.parse(finished_at) - Date.parse(started_at));
    }
  }
  return durations;
}
