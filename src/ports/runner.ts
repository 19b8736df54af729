import type { FailureCode } from '../domain/failure.ts';
import type { Json, JsonRecord } from '../domain/json.ts';

/** One process to start: an attempt's folder is its only channel. */
export interface Launch {
  /** Absolute; made by the runner, must not exist yet. */
  readonly folder: string;
  /** Unique to this attempt; stands in the environment of every process of its tree. */
  readonly marker: string;
  /** Written as `request.json` before the process starts. */
  readonly request: JsonRecord;
  readonly argv: readonly string[];
  /** A script for `sh`, absolute, which gets `argv` as its arguments; without it `argv` begins with a program. */
  readonly script?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How a process ended. */
export type End =
  | { readonly kind: 'exited'; readonly code: number }
  /** It began, left no end on disk, and is not there any more. */
  | { readonly kind: 'gone'; readonly reason: 'died' | 'reboot' }
  /** It never began: nothing happened. `later`: nothing else can begin now, either. */
  | { readonly kind: 'unclaimed'; readonly reason: string; readonly later?: boolean | undefined }
  /** It could not be started and never can: no such program, no permission. */
  | {
      readonly kind: 'unstartable';
      readonly reason: string;
      readonly hint?: string | undefined;
      /** By default what was to be started is at fault. */
      readonly code?: FailureCode | undefined;
    };

/** What an attempt reported of itself: `40`, or `2/5 creating disk`; null: no news of that. */
export interface Report {
  readonly progress: number | null;
  readonly message: string | null;
}

export interface Running {
  /** Resolves when the attempt's process has ended and what it left of its end, if anything, is on disk. Never rejects. */
  readonly ended: Promise<End>;
}

/** What an attempt left in its folder. `null`: it left none. */
export interface Evidence {
  readonly result: JsonRecord | null;
  readonly failure: JsonRecord | null;
  /** `resources` that are so however it ended. */
  readonly recorded: JsonRecord | null;
  /** A file was there, but is no JSON object. */
  readonly damaged: readonly string[];
  /** The last lines of its output. */
  readonly tail: string;
}

/** Executes task processes that outlive this one. */
export interface Runner {
  start(launch: Launch, onReport: (report: Report) => void): Running;
  /**
   * Takes up an attempt that another engine started: one that ended is `exited` at once, one that lives is watched,
   * one that had not begun is revoked, so that it never will.
   */
  adopt(attempt: { folder: string; marker: string }, onReport: (report: Report) => void): Running;
  /** Resolves when no process of the tree is left (TERM, then KILL after `graceMs`): whether there was one. */
  kill(attempt: { folder: string; marker: string }, graceMs: number): Promise<boolean>;
  /**
   * Before the attempt in `folder` begins: ends what the one before it has left running, in the same way. Not where that one
   * ended well: what it left is what it made.
   */
  clear(folder: string, graceMs: number): Promise<void>;
  collect(folder: string): Promise<Evidence>;
  /** When an attempt left its end on disk, in milliseconds since 1970; `undefined`: it did not. */
  endedAt(folder: string): number | undefined;
  /**
   * What the task saved last in the attempt in `folder`, which need not exist yet, or in one before it; `null` where
   * it saved nothing, or has completed since.
   */
  lastCheckpoint(folder: string): Promise<Json>;
  /** As if the task in `folder` had written the file itself; durable when it resolves. Rejects as writing does. */
  saveCheckpoint(folder: string, checkpoint: Json): Promise<void>;
}
