import type { Event, Recorded } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { Pool } from '../domain/pool.ts';
import type { Resource, ResourceChange } from '../domain/resource.ts';
import type { Result } from '../domain/result.ts';
import type { RunState } from '../domain/run.ts';
import type { Submission } from '../domain/submission.ts';
import type { TaskState } from '../domain/task.ts';
import type { WaitNotes } from './wait-notes.ts';

/** A run as an engine needs it. */
export interface StoredRun {
  readonly id: string;
  readonly owner: string;
  readonly submission: Submission;
  readonly state: RunState;
  readonly createdAt: number;
  /** Index = index of the operation. */
  readonly tasks: readonly { readonly taskId: string; readonly state: TaskState }[];
  /** The run that takes this one back. */
  readonly rollback: string | null;
  /** The task that submitted this run. */
  readonly parent: TaskPlace | null;
  /** Somebody who does not own the run wants it cancelled; the reason that was given. */
  readonly cancelRequested: string | null;
}

/** A task by its run and its place there. */
export interface TaskPlace {
  readonly run: string;
  readonly task: number;
}

export interface NewRun {
  readonly id: string;
  readonly owner: string;
  /** Hash of what the key stands for. */
  readonly bodyHash: string;
  readonly submission: Submission;
  readonly taskIds: readonly string[];
  readonly at: number;
}

/** What one turn of the engine's loop has decided. Committed whole or not at all. */
export interface Turn {
  readonly at: number;
  readonly runs: readonly RunChange[];
  readonly claims: readonly Claim[];
  /** The global limit that claims have to respect, over all processes. */
  readonly limit: number;
}

export interface RunChange {
  readonly id: string;
  readonly state: RunState;
  readonly events: readonly Event[];
  /** Tasks whose state changed. */
  readonly tasks: ReadonlyMap<number, TaskState>;
  readonly resources: readonly { readonly task: number; readonly changes: readonly ResourceChange[] }[];
}

/**
 * A wish to start a task, or to let one go on that has waited for a child run: granted if a slot is free, nobody
 * holds what it has to hold but those who lend it to its run, and its pool has room.
 */
export interface Claim {
  readonly run: string;
  readonly task: number;
  readonly event: Event & { readonly type: 'task.started' | 'task.resumed' };
  readonly state: TaskState;
  /** What nobody else may hold meanwhile: `workspace|infra|kind|name` of what the operation changes, `mutex:KEY`. */
  readonly holds: readonly string[];
  /** Its limit and rate are held against all tasks in the pool of that name, whatever their runs know of it. */
  readonly pool: { readonly name: string; readonly settings: Pool } | undefined;
}

export type ClaimAnswer =
  | { readonly granted: true }
  /** Other processes use up the slots, or the pool. */
  | { readonly granted: false; readonly reason: 'slots' | 'pool' }
  /** The pool's next task may start then, milliseconds since 1970. */
  | { readonly granted: false; readonly reason: 'rate'; readonly notBefore: number }
  /** The run in `holder` has the key. */
  | { readonly granted: false; readonly reason: 'held'; readonly key: string; readonly holder: string };

export interface Committed {
  readonly recorded: ReadonlyMap<string, readonly Recorded[]>;
  /** Same order as the claims. */
  readonly answers: readonly ClaimAnswer[];
}

export interface Accepted {
  readonly id: string;
  readonly created: boolean;
  readonly parent: TaskPlace | null;
}

/** The durable state. Every call is one short transaction; when it returns, its effect survives a power cut. */
export interface Store {
  /** Same key and body: the earlier run, `created: false`. Same key, other body: `conflict`. */
  accept(run: NewRun): Result<Accepted, Failure>;
  commit(turn: Turn): Committed;
  load(id: string): StoredRun | undefined;
  /** Unfinished runs with their owners, oldest first. */
  unfinished(): readonly { readonly id: string; readonly owner: string; readonly cancelRequested: string | null }[];
  /** Makes `to` the owner of those whose owner is still the one that is named; their ids. */
  takeOver(runs: readonly { readonly id: string; readonly owner: string }[], to: string): readonly string[];
  /** Replaces the definition of a run that has ended. */
  amend(id: string, submission: Submission): void;
  /** Leaves a note for the run's owner, which is heard once. False where the run has ended. */
  requestCancel(id: string, reason: string): boolean;
  readonly notes: WaitNotes;
  resources(where: { workspace: string; infra: string }): readonly Resource[];
  close(): void;
}
