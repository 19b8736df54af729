import type { RunDocument } from '../api/documents.ts';
import { exitCodeOf } from '../domain/failure.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';

type Ended = Pick<RunDocument, 'name' | 'status' | 'failure' | 'tasks'>;

/**
 * What a run means to a script that waited for it. A single command (its run is named like its operations) that met
 * something else than it was told to make says so: `conflict`, not `failed`.
 */
export function exitOfRun({ name, status, failure: end, tasks }: Ended): number {
  if (end?.code === 'timed_out' && status !== 'unknown') return exitCodeOf('timed_out');
  if (status !== 'failed') return isOutcome(status) ? exitOfOutcome(status) : exitCodeOf('internal');
  const failed = tasks.filter((task) => task.status === 'failed');
  const isCommand = tasks.some(({ type }) => type === name);
  const isConflict = isCommand && failed.every(({ failure }) => failure?.code === 'conflict');
  return isConflict ? exitCodeOf('conflict') : exitOfOutcome(status);
}

const OF_OUTCOME: Readonly<Record<RunOutcome, number>> = {
  completed: 0,
  failed: exitCodeOf('work_failed'),
  cancelled: exitCodeOf('cancelled'),
  unknown: exitCodeOf('outcome_unknown'),
};

/** Where nothing but the outcome is known. */
export const exitOfOutcome = (outcome: RunOutcome): number => OF_OUTCOME[outcome];
