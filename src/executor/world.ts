import type { Library } from '../ports/library.ts';
import type { Runner } from '../ports/runner.ts';
import type { CredentialSources } from './credentials.ts';
import type { Attempt } from './request.ts';

/** What the executor needs from the outside. */
export interface ExecutorWorld {
  readonly runner: Runner;
  /** The library as a workspace sees it. */
  readonly libraryOf: (workspace: string) => Library;
  readonly folderOf: (attempt: Attempt) => string;
  /** Below it are the hosts of the `local` provider. */
  readonly stateDir: string;
  /** What this engine adds to every task's environment: how to call us back. */
  readonly extraEnvironment: (attempt: Attempt) => Readonly<Record<string, string>>;
  /** Where credentials come from. Without it, an operation that has any fails. */
  readonly credentials?: CredentialSources | undefined;
  /** A name that nobody else has. */
  readonly newName: () => string;
}
