import type { FindingDocument } from '../../api/doctor.ts';
import type { Paths } from '../../config/data-paths.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Result } from '../../domain/result.ts';
import type { Reads } from '../../ports/reads.ts';
import type { StoreState } from '../../ports/store-state.ts';
import type { CallFailure } from '../call-failure.ts';
import type { Found } from '../find.ts';
import type { StatusDocument } from '../../api/responses.ts';

/** What is looked at. */
export interface Facts {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Of this program. */
  readonly version: string;
  readonly versions: { readonly node: string; readonly sqlite: string };
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where `/proc` is. */
  readonly proc: string;
  /** Put before `/etc` and `/var`. */
  readonly systemRoot: string;
  /** The orchestrator's number for the file system of this folder, and its free bytes; `undefined` if unknown. */
  readonly fileSystem: (folder: string) => { readonly type: number; readonly free: number } | undefined;
  readonly found: Result<Found | undefined, CallFailure>;
  readonly status: StatusDocument | undefined;
  /** Parts of this program's company that do not fit, or whose versions cannot be read. */
  readonly misfits: readonly Failure[];
  readonly reads: Reads;
  /** Of this machine. */
  readonly store: Pick<StoreState, 'restored' | 'damage'>;
}

export interface Finding extends Omit<FindingDocument, 'fixable' | 'fixed'> {
  /** Throws where it cannot. Only what is safe whatever runs. */
  readonly mend?: (() => void) | undefined;
}

export type Check = (facts: Facts) => readonly Finding[] | Promise<readonly Finding[]>;

export const fault = (code: string, message: string, fix: string, mend?: () => void): Finding => ({
  code,
  severity: 'fault',
  message,
  fix,
  mend,
});

export const notice = (code: string, message: string, fix: string): Finding => ({
  code,
  severity: 'notice',
  message,
  fix,
});
