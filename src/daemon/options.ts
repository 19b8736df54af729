import type { Health } from '../api/responses.ts';
import type { Readiness } from '../api/readiness.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Settings } from '../config/settings.ts';
import type { Failure } from '../domain/failure.ts';
import type { Locks } from '../ports/locks.ts';
import type { OpenHost } from './host.ts';

export interface DaemonOptions {
  readonly paths: Paths;
  readonly settings: Settings;
  readonly build: Pick<Health, 'version' | 'build_id'>;
  /** Started by the user's own hand or a service: does not leave for idleness. */
  readonly foreground: boolean;
  readonly uid: number;
  readonly locks: Locks;
  readonly newId: () => string;
  /** Makes a folder that is the user's alone, or says why it cannot be used. */
  readonly prepareFolder: (folder: string) => Failure | undefined;
  readonly openHost: OpenHost;
  /** Called once, when it listens or when it is known that it never will. */
  readonly say: (readiness: Readiness) => void;
}
