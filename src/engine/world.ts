import type { Captured } from '../executor/captured.ts';
import type { Failure } from '../domain/failure.ts';
import type { Failpoint } from '../domain/failpoint.ts';
import type { Executor } from '../executor/executor.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connections } from '../ports/connections.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Ids } from '../ports/ids.ts';
import type { Store } from '../ports/store.ts';

/** What an engine needs from the outside. */
export interface World {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sink: EventSink;
  /** What commands handed over for their runs' credentials: in memory only. */
  readonly captured: Captured;
  /** What the tasks of a run leave open for its next ones. */
  readonly connections?: Pick<Connections, 'close' | 'closed'> | undefined;
  /** The name under which this engine owns runs; it holds the lock of that name for its whole life. */
  readonly owner: string;
  /** Whether the engine of this name lives. */
  readonly isAlive: (owner: string) => boolean;
  /** `executor.max_concurrent_tasks`: over all processes that share the store. */
  readonly maxConcurrentTasks: number;
  /** Hex SHA-256 of a text. */
  readonly hash: (text: string) => string;
  /** The machine was suspended for so many milliseconds: all deadlines are that much later. */
  readonly onSuspended?: ((ms: number) => void) | undefined;
  /** Why no new work is taken now, if none is. */
  readonly refusal?: (() => Failure | undefined) | undefined;
  /** Crash tests only. */
  readonly failpoint?: Failpoint | undefined;
  /** A turn could not be made durable: nothing that it decided has happened, and this engine cannot go on. */
  readonly onFatal: (error: unknown) => void;
}
