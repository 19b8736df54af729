import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import type { RunStatus } from '../domain/run.ts';
import type { RollbackPlan } from '../workflow/rollback.ts';
import type { RetryWish } from '../workflow/steer.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { Submission } from '../domain/submission.ts';

export interface Steered {
  readonly status: RunStatus;
  /** It stood so before: nothing was done. */
  readonly already: boolean;
}

/** What a person says of a task whose outcome nobody knows. */
export interface Answer {
  /** The operation's id. */
  readonly task: string;
  readonly as: 'completed' | 'failed' | 'retry';
  readonly message: string | null;
  readonly result: JsonRecord;
}

/** Variable → value. */
export type Handed = Readonly<Record<string, string>>;

export interface RollbackWish {
  readonly planOnly: boolean;
  /** What cannot be taken back may stay. */
  readonly consent: boolean;
}

export interface Rollback {
  readonly plan: RollbackPlan;
  /** The run that takes back, or has done so before; `null` where there is none: a plan only, or nothing to take back. */
  readonly id: string | null;
}

/**
 * Executes runs: the same engine in a direct command's foreground and in the orchestrator. It advances only runs that
 * it owns.
 */
export interface Engine {
  /**
   * Returns once the run is durable. The same key and body give the earlier run. `handed`: values of the variables that
   * the run's credentials name; held in memory, never stored.
   */
  submit(submission: Submission, handed?: Handed): Result<{ readonly id: string; readonly created: boolean }, Failure>;
  /**
   * Asks for a run to end, whoever owns it. Idempotent; asking again with less grace hurries it. `conflict` when it has
   * ended in another way, `not_found` when there is none. `id` is a full id; `graceMs` lies between TERM and KILL.
   */
  cancel(id: string, reason: string, graceMs?: number): Result<Steered, Failure>;
  /** Starts no further task of it; what runs goes on. Like the next three: durable on return, idempotent, `conflict`
   * with a reason where it makes no sense. They take hold of runs that have ended, or whose owner is dead. */
  pause(id: string, reason: string): Result<Steered, Failure>;
  resume(id: string, handed?: Handed): Result<Steered, Failure>;
  /** Goes on with a run that failed or was cancelled. */
  retry(id: string, wish: RetryWish): Result<Steered, Failure>;
  resolve(id: string, answer: Answer): Result<Steered, Failure>;
  /** Plans a rollback, and, unless only the plan is wanted, submits it as a run of its own; always the same one. */
  rollback(id: string, wish: RollbackWish): Result<Rollback, Failure>;
  /** What a task says of itself. `not_found` unless one of this engine's runs runs it now. */
  progress(taskId: string, report: { progress: number | null; message: string | null }): Result<null, Failure>;
  /** What the task's next attempt is to find. Durable when it resolves. `not_found` as for `progress`. */
  checkpoint(taskId: string, checkpoint: Json): Promise<Result<null, Failure>>;
  /**
   * A running task waits for a run that it submitted. Meanwhile it takes no slot, and lends that run what it holds.
   * Resolves when that run has ended and the task has its slot back, or has ended itself; or when `signal` fires: then
   * the task goes on, and gets its slot back when one is free. Whoever executes the task: where it is another engine,
   * that one has to `heed`. `conflict` when the run is no child of the task.
   */
  wait(taskId: string, child: string, signal: AbortSignal): Promise<Result<null, Failure>>;
  /** Takes up what commands in tasks of this engine have noted in the store. To call again and again. */
  heed(): void;
  /** Resolves when the run has ended durably; at once for one that has. What takes it back may go on. */
  ended(id: string): Promise<RunOutcome>;
  /** Resolves when the run, and the rollback that its definition wants, have ended durably; at once for one that has. */
  settled(id: string): Promise<RunOutcome>;
  /** Takes over runs whose owner is dead, and goes on with them. Returns how many. Heeds notes, too. */
  recover(): number;
  /** Takes over this one run, if its owner is dead. */
  recoverRun(id: string): boolean;
  stats(): { readonly queued: number; readonly running_tasks: number; readonly open_runs: number };
  /** Resolves when nothing is started or awaited any more; running task processes live on. */
  stop(): Promise<void>;
}
