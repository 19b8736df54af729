import type { ServiceParameters } from '../ports/library.ts';

/** What an operation is read against. */
export interface Context {
  /** Operation types of the library; those that need no library are always known. */
  readonly types: ReadonlySet<string>;
  /** Names of the configured pools; without it, names of pools are not looked up. */
  readonly pools: ReadonlySet<string> | undefined;
  /** What taskservs say of their parameters; without it, these are not looked at. */
  readonly services?: ReadonlyMap<string, ServiceParameters> | undefined;
  readonly rollbackEnabled: boolean;
}
