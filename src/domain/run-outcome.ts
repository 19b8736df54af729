import { failure } from './failure.ts';
import type { Failure } from './failure.ts';

/** From best to worst: a run's outcome is the worst of its tasks. */
const RUN_OUTCOMES = ['completed', 'cancelled', 'failed', 'unknown'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** Whether a run with this status has ended. */
export const isOutcome = (status: string): status is RunOutcome => (RUN_OUTCOMES as readonly string[]).includes(status);

/** Somebody wants to end what has ended. */
export const endedAlready = (id: string, status: string): Failure =>
  failure('conflict', `run ${id} has ended already: ${status}`, {
    hint: `See how: provisioning workflow status ${id}.`,
  });
