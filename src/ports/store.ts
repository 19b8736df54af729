import type { Event, Recorded } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { Resource, ResourceChange } from '../domain/resource.ts';
import type { Result } from '../domain/result.ts';
import type { RunState } from '../domain/run.ts';
import type { Submission } from '../domain/submission.ts';
import type { TaskState } from '../domain/task.ts';

/** A run as an engine needs it. */
export interface StoredRun {
  readonly id: string;
  readonly submission: Submission;
  readonly state: RunState;
  readonly createdAt: number;
  /** Index = index of the operation. */
  readonly tasks: readonly { readonly taskId: string; readonly state: TaskState }[];
  /** Somebody who does not own the run wants it cancelled; the reason that was given. */
  readonly cancelRequested: string | null;
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

/** A wish to start a task: granted if a slot is free and nobody holds its resources. */
export interface Claim {
  readonly run: string;
  readonly task: number;
  readonly event: Event & { readonly type: 'task.started' };
  readonly state: TaskState;
  /** `workspace|infra|kind|name` of what the operation changes. */
  readonly resources: readonly string[];
}

export type ClaimAnswer =
  | { readonly granted: true }
  /** `slots`: other processes use them up. `resource`: the run in `holder` works on it. */
  | { readonly granted: false; readonly reason: 'slots' | 'resource'; readonly holder: string | null };

export interface Committed {
  readonly recorded: ReadonlyMap<string, readonly Recorded[]>;
  /** Same order as the claims. */
  readonly answers: readonly ClaimAnswer[];
}

/** The durable state. Every call is one short transaction; when it returns, its effect survives a power cut. */
export interface Store {
  /** Same key and body: the earlier run, `created: false`. Same key, other body: `conflict`. */
  accept(run: NewRun): Result<{ readonly id: string; readonly created: boolean }, Failure>;
  commit(turn: Turn): Committed;
  load(id: string): StoredRun | undefined;
  /** Unfinished runs with their owners, oldest first. */
  unfinished(): readonly { readonly id: string; readonly owner: string; readonly cancelRequested: string | null }[];
  /** Makes `to` the owner if `from` still is. */
  takeOver(id: string, from: string, to: string): boolean;
  requestCancel(id: string, reason: string): void;
  resources(where: { workspace: string; infra: string }): readonly Resource[];
  close(): void;
}
