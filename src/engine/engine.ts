import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { Submission } from '../domain/submission.ts';

/**
 * Executes runs: the same engine in a direct command's foreground and in the orchestrator. It advances only runs that
 * it owns.
 */
export interface Engine {
  /** Returns once the run is durable. The same key and body give the earlier run. */
  submit(submission: Submission): Result<{ readonly id: string; readonly created: boolean }, Failure>;
  /**
   * Asks for a run to end, whoever owns it. Idempotent; asking again with less grace hurries it. `conflict` when it has
   * ended already, `not_found` when there is none. `id` is a full id; `graceMs` lies between TERM and KILL.
   */
  cancel(id: string, reason: string, graceMs?: number): Result<{ readonly status: 'cancelling' }, Failure>;
  /** What a task says of itself. `not_found` unless one of this engine's runs runs it now. */
  progress(taskId: string, report: { progress: number | null; message: string | null }): Result<null, Failure>;
  /** Resolves when the run has ended and that is durable; at once for one that has. */
  settled(id: string): Promise<RunOutcome>;
  /** Takes over runs whose owner is dead, and goes on with them. Returns how many. */
  recover(): number;
  /** Takes over this one run, if its owner is dead. */
  recoverRun(id: string): boolean;
  stats(): { readonly queued: number; readonly running_tasks: number; readonly open_runs: number };
  /** Resolves when nothing is started or awaited any more; running task processes live on. */
  stop(): Promise<void>;
}
