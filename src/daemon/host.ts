import type { Condition } from '../compose/condition.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Engine } from '../engine/engine.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Reads } from '../ports/reads.ts';
import type { Planner, RunDefaults } from './service.ts';

/** What the composition root is told before it opens the store. */
export interface HostWorld {
  readonly sink: EventSink;
  /** What tasks get of `PROVISIONING_SOCKET`. */
  readonly socket: string;
  /** The user's; tasks get `taskToken(token, taskId, attempt)`. */
  readonly token: string;
  readonly onSuspended: (ms: number) => void;
  /** The engine cannot go on: nothing more can be made durable. */
  readonly onFatal: (error: unknown) => void;
}

/** The engine and what belongs to it, opened. */
export interface Host {
  readonly engine: Engine;
  readonly reads: Reads;
  readonly planner: Planner;
  readonly defaults: RunDefaults;
  readonly condition: Condition;
  /** See `compose/backups.ts`. */
  readonly backUp: (quiet: boolean) => void;
  /** Ids of the unfinished runs that this engine owns. */
  ownRuns(): readonly string[];
  /** After `engine.stop()`. */
  close(): void;
}

export type OpenHost = (world: HostWorld) => Promise<Result<Host, Failure>>;
