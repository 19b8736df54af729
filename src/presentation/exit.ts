import type { RunDocument } from '../api/documents.ts';
import { exitCodeOf } from '../domain/failure.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';

type Ended = Pick<RunDocument, 'name' | 'status' | 'failure' | 'tasks'>;

/**
 * What a run means to a script that waited for it. A single command (its run is named like its operations) that was told
 * something wrong, or of something that is not there, or met something else, ends as it would if that had been seen before.
 */
export function exitOfRun({ name, status, failure: end, tasks }: Ended): number {
  if (end?.code === 'timed_out' && status !== 'unknown') return exitCodeOf('timed_out');
  if (status !== 'failed') return isOutcome(status) ? exitOfOutcome(status) : exitCodeOf('internal');
  const failed = tasks.filter((task) => task.status === 'failed');
  const isCommand = tasks.some(({ type }) => type === name);
  const code = failed[0]?.failure?.code;
  const isOfCommand = isCommand && failed.every(({ failure }) => failure?.code === code);
  const told = TOLD.find((one) => one === code);
  return isOfCommand && told !== undefined ? exitCodeOf(told) : exitOfOutcome(status);
}

const TOLD = ['conflict', 'not_found', 'usage', 'definition_invalid'] as const;

const OF_OUTCOME: Readonly<Record<RunOutcome, number>> = {
  completed: 0,
  failed: exitCodeOf('work_failed'),
  cancelled: exitCodeOf('cancelled'),
  unknown: exitCodeOf('outcome_unknown'),
};

/** Where nothing but the outcome is known. */
export const exitOfOutcome = (outcome: RunOutcome): number => OF_OUTCOME[outcome];
