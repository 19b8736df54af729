import type { ValueType } from './value-type.ts';

/** What defaults depend on. */
export interface Facts {
  readonly ci: boolean;
  /** This is root, and the machine has documents of its own. */
  readonly systemOwned: boolean;
  /** `$XDG_STATE_HOME/provisioning`. */
  readonly stateDir: string;
  /** `/var/lib/provisioning`. */
  readonly systemStateDir: string;
}

/** A default that depends: its value, and on what, as it reads after "built in". */
export interface Conditional<T> {
  readonly value: T;
  readonly because: string | undefined;
}

/**
 * Who reads a key. `command`: each command, from all layers. `orchestrator`: the background process when it starts,
 * never from a workspace. `run`: recorded with each run when it is submitted.
 */
export type Scope = 'command' | 'orchestrator' | 'run';

export interface KeySpec<T> {
  readonly type: ValueType;
  readonly default: T | ((facts: Facts) => Conditional<T>);
  /** A default that depends, in words. */
  readonly defaultText?: string;
  /** One sentence. */
  readonly meaning: string;
  readonly scope: Scope;
  /** Older names, `section.key`. They are read everywhere, with a warning. */
  readonly aliases?: readonly string[];
}

export interface SectionSpec<S> {
  readonly meaning: string;
  /** Why a workspace, which is somebody's repository, may not set it; absent where it may. */
  readonly refusedInWorkspace?: string;
  readonly keys: { readonly [K in keyof S]: KeySpec<S[K]> };
}
