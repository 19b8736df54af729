import type { Health } from '../api/responses.ts';
import type { Readiness } from '../api/readiness.ts';
import type { Paths } from '../config/data-paths.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Locks } from '../ports/locks.ts';
import type { OpenHost } from './host.ts';
import type { LiveSettings } from './live-settings.ts';
import type { TcpAddress } from './endpoint.ts';
import type { WatchdogTimes } from './watchdog.ts';

export interface DaemonOptions {
  readonly paths: Paths;
  readonly settings: LiveSettings;
  /** Where to listen besides the socket, or why that is refused. */
  readonly tcp: Result<TcpAddress | undefined, Failure>;
  readonly build: Pick<Health, 'version' | 'build_id'>;
  /** Descriptors of sockets that a service manager handed over; usually none. */
  readonly handed: readonly number[];
  /** Started by the user's own hand or a service: does not leave for idleness. */
  readonly foreground: boolean;
  readonly uid: number;
  readonly locks: Locks;
  readonly newId: () => string;
  /** Makes a folder that is the user's alone, or says why it cannot be used. */
  readonly prepareFolder: (folder: string) => Failure | undefined;
  readonly openHost: OpenHost;
  /** By default 512 MiB: see `run.ts`. */
  readonly memoryLimitBytes?: number | undefined;
  /** By default: told after 10 s, ended after 60 s. */
  readonly watchdog?: WatchdogTimes | undefined;
  /** Called once, when it listens or when it is known that it never will. */
  readonly say: (readiness: Readiness) => void;
}
