import type { Config } from '@oclif/core/config';
import type { Failure } from '../src/domain/failure.ts';
import type { Result } from '../src/domain/result.ts';
import type { Services } from '../src/dispatch/services.ts';
import type { Terminal } from '../src/dispatch/terminal.ts';
import type { Versions } from '../src/api/program-documents.ts';
import type { Entry } from './entry.ts';

/** What a command gets from outside. It is made in `src/cli/compose.ts`; a command imports no root. */
export interface Context {
  readonly version: string;
  /** Of all that the program is made of. */
  readonly versions: () => Versions;
  /** The verb that was asked for. */
  readonly entry: Entry;
  readonly registry: readonly Entry[];
  readonly terminal: Terminal;
  /** Reads the configuration; opens nothing. */
  services(flags: {
    workspace?: string | undefined;
    quiet?: boolean | undefined;
  }): Promise<Result<Services, readonly Failure[]>>;
  /** Resolves with the exit code when the orchestrator, which this process becomes, has left. */
  runOrchestrator(): Promise<Result<number, readonly Failure[]>>;
}

/** The oclif configuration that carries it. */
export interface ContextConfig extends Config {
  readonly context: Context;
}
