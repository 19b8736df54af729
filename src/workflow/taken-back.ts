import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { RunStatus } from '../domain/run.ts';

/** Why a run is not gone on with: what its tasks made is gone or about to go, so the rest would build on nothing. */
export function takenBack(id: string, by: { readonly id: string; readonly status: RunStatus | undefined }): Failure {
  const { id: run, status } = by;
  if (status === undefined || status === 'completed')
    return failure('conflict', `run ${id} has been taken back by run ${run}`, {
      hint: 'Submit the workflow as a new run.',
    });
  if (!isOutcome(status))
    return failure('conflict', `run ${id} is being taken back by run ${run}`, {
      hint: `See how that goes: provisioning workflow monitor ${run}. Then submit the workflow as a new run.`,
    });
  return failure(
    'conflict',
    `run ${id} has been taken back in part: run ${run}, which was to do it, ${ENDED[status]}`,
    {
      hint: `Go on with that one: provisioning workflow ${status === 'unknown' ? 'why' : 'retry'} ${run}.`,
    },
  );
}

const ENDED = { failed: 'failed', cancelled: 'was cancelled', unknown: 'ended nobody knows how' } as const;
