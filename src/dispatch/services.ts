import type { Company } from '../api/compatibility.ts';
import type { Client } from '../client/client.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Configuration } from '../config/load.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Engine } from '../engine/engine.ts';
import type { Changes } from '../ports/changes.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Leftovers } from '../ports/leftovers.ts';
import type { Library } from '../ports/library.ts';
import type { Reads } from '../ports/reads.ts';
import type { StoreState } from '../ports/store-state.ts';
import type { Templates } from '../ports/templates.ts';
import type { Terminal } from './terminal.ts';

/** What a command may use. Nothing is opened, started or imported before it is asked for. */
export interface Services {
  readonly configuration: Configuration;
  readonly paths: Paths;
  readonly terminal: Terminal;
  /** Makes nothing: where there is no store, there is nothing to read. */
  reads(): Promise<Reads>;
  /** Of what `reads` reads. */
  changes(): Promise<Changes>;
  definitions(): Promise<Definitions>;
  /** As this workspace sees it. */
  library(): Promise<Result<Library, Failure>>;
  /** Who works together here, somebody else's orchestrator aside. */
  company(): Promise<Result<Company, readonly Failure[]>>;
  templates(): Promise<Result<Templates, Failure>>;
  /** Data that came with this program. */
  templatesFolder(): Promise<Result<string, Failure>>;
  client(): Promise<Result<Client, Failure>>;
  /**
   * An engine in this process. Opens the store for writing, and makes it where there is none. A `passive` one takes
   * hold of runs and settles them, but starts no task.
   */
  foreground(how?: { readonly passive: boolean }): Promise<Result<Foreground, Failure>>;
  /** `undefined`: there is no store, so there is nothing. */
  leftovers(): Promise<Result<Leftovers | undefined, Failure>>;
  storeState(): Promise<StoreState>;
  /** How to start this very program once more. */
  program(): Promise<readonly [string, ...string[]]>;
  /** A name that nobody else has. */
  newId(): Promise<string>;
}

export interface Foreground {
  readonly engine: Engine;
  /** Calls `listener` with the ids of runs to which something happened, until the returned function is called. */
  readonly onChange: (listener: (workflowId: string) => void) => () => void;
  /** Rejects when the engine cannot go on. Never resolves. */
  readonly fatal: Promise<never>;
  /** Resolves when nothing of it is left in this process. */
  close(): Promise<void>;
}
