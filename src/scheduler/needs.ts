import type { Pool } from '../domain/pool.ts';

/** What a task needs besides a slot. */
export interface Needs {
  /** Keys that nobody else may hold meanwhile. */
  readonly keys: readonly string[];
  /** With the settings of the task's own run: two runs may know different ones under one name. */
  readonly pool: { readonly name: string; readonly settings: Pool } | undefined;
}

export interface Choice {
  readonly run: string;
  readonly task: number;
}

/** Why a task that was chosen could not start: somebody whom this engine does not see is in the way. */
export type Obstacle =
  | { readonly kind: 'slots' | 'pool' | 'rate' }
  /** One of the task's keys. */
  | { readonly kind: 'key'; readonly key: string };

/** What a task that has waited for a run of its own needs to go on: it has never let go of its keys. */
export const placeOnly = ({ pool }: Needs): Needs => ({ keys: [], pool });

/** A key has several lots: see `refusedLot`. */
export function lotOf(obstacle: Obstacle & { kind: 'slots' | 'pool' | 'rate' }, { pool }: Needs): string {
  if (obstacle.kind === 'slots' || pool === undefined) return SLOTS;
  return obstacle.kind === 'pool' ? poolLot(pool) : rateLot(pool);
}

export const choiceKey = ({ run, task }: Choice): string => `${run}/${task}`;

/** Tasks that wait for the same thing wait in one lot, which has its name. */
export const SLOTS = 'slots';
export const runLot = (run: string): string => `run ${run}`;
export const keyLot = (key: string): string => `key ${key}`;
/** A key that is lent is free for some and not for others: a run that is waited for has a lot of its own. */
export const ownKeyLot = (key: string, run: string): string => `${keyLot(key)} of ${run}`;
export const poolLot = ({ name, settings }: NonNullable<Needs['pool']>): string => `pool ${name} ${settings.limit}`;
export const rateLot = ({ name, settings }: NonNullable<Needs['pool']>): string =>
  `rate ${name} ${settings.rate_per_second} ${settings.burst}`;

/** What a task that has waited for long may reserve. */
export const shared = ({ keys, pool }: Needs): string[] => [
  ...keys.map(keyLot),
  ...(pool === undefined ? [] : [sharedPool(pool.name)]),
];
export const sharedPool = (name: string): string => `pool ${name}`;
