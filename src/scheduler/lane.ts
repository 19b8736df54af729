import type { Entry } from './lots.ts';
import { keyLot, lotOf, ownKeyLot, placeOnly } from './needs.ts';
import type { Needs, Obstacle } from './needs.ts';

/** What the queue has to know of a run. */
export interface Lane {
  readonly id: string;
  readonly parallelLimit: number | undefined;
  readonly needsOf: (task: number) => Needs;
  /** Asked each time; without it, nobody waits for the run. */
  readonly loans?: (() => Loans) | undefined;
}

/** What the tasks that wait for a run mean for it. */
export interface Loans {
  /** `choiceKey` of those of this engine that lend it what they hold. */
  readonly lenders: ReadonlySet<string>;
  /** How many wait for it, one for the other. Deeper runs go first: whoever waits for them holds things meanwhile. */
  readonly depth: number;
}

const NO_LOANS: Loans = { lenders: new Set(), depth: 0 };

export interface OpenLane extends Lane {
  /** Runs that came first go first. */
  readonly order: number;
  open: boolean;
  readonly waiting: Map<number, Entry>;
  readonly running: Map<number, Entry | undefined>;
  /** Running tasks that wait for a run of their own: they take no place, but hold their keys. With the entry of one that wants to go on. */
  readonly away: Map<number, Entry | undefined>;
}

export const loansOf = ({ loans }: Lane): Loans => loans?.() ?? NO_LOANS;

/** What an entry asks for: one that has waited for a run of its own has never let go of its keys. */
export const needsOf = (lane: Lane, task: number, entry: Entry | undefined): Needs =>
  entry?.back === true ? placeOnly(lane.needsOf(task)) : lane.needsOf(task);

export const keyLotOf = (lane: Lane, key: string): string =>
  loansOf(lane).depth > 0 ? ownKeyLot(key, lane.id) : keyLot(key);

/** Where those wait whom an obstacle keeps from starting. */
export const refusedLot = (lane: Lane, obstacle: Obstacle, needs: Needs): string =>
  obstacle.kind === 'key' ? keyLotOf(lane, obstacle.key) : lotOf(obstacle, needs);
