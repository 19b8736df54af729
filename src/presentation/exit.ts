import type { RunDocument } from '../api/documents.ts';
import { exitCodeOf } from '../domain/failure.ts';

type Ended = Pick<RunDocument, 'name' | 'status' | 'failure' | 'tasks'>;

/**
 * What a run means to a script that waited for it. A single command (its run is named like its operations) that met
 * something else than it was told to make says so: `conflict`, not `failed`.
 */
export function exitOfRun({ name, status, failure: end, tasks }: Ended): number {
  if (end?.code === 'timed_out' && status !== 'unknown') return exitCodeOf('timed_out');
  switch (status) {
    case 'completed':
      return 0;
    case 'cancelled':
      return exitCodeOf('cancelled');
    case 'unknown':
      return exitCodeOf('outcome_unknown');
    case 'failed': {
      const failed = tasks.filter((task) => task.status === 'failed');
      const isCommand = tasks.some(({ type }) => type === name);
      const isConflict = isCommand && failed.every(({ failure }) => failure?.code === 'conflict');
      return exitCodeOf(isConflict ? 'conflict' : 'work_failed');
    }
    default:
      return exitCodeOf('internal');
  }
}
