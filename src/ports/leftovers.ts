import type { RunOutcome } from '../domain/run-outcome.ts';

export interface FinishedRun {
  readonly id: string;
  readonly name: string;
  readonly status: Exclude<RunOutcome, 'unknown'>;
  /** Milliseconds since 1970. */
  readonly finishedAt: number;
}

/** What work has left behind on this machine. The inventory is none of it: its records carry ids only. */
export interface Leftovers {
  /** Runs that have ended and whose outcome is known. */
  finished(): readonly FinishedRun[];
  /** Forgets runs with all their records, in one transaction, and returns the ids of those that had still ended. */
  forget(ids: readonly string[]): readonly string[];
  /** Folders of tasks of which there is no record, or only one of these runs. */
  folders(runs: readonly string[]): readonly string[];
  /** Bytes on disk that it took. A folder that is gone already takes none. */
  sizeOf(folder: string): number;
  remove(folder: string): void;
  /** Engines whose process is gone and that no unfinished run names, these runs apart. */
  deadOwners(): readonly string[];
  /** `false`: somebody took it meanwhile. */
  removeLock(owner: string): boolean;
  close(): void;
}
