import { Heap } from './heap.ts';
import { keyLot, ownKeyLot } from './needs.ts';
import type { Needs } from './needs.ts';

/** A ready task in the queue, or in one of its lots. */
export interface Entry {
  readonly run: string;
  readonly task: number;
  /** Since when it could have started, milliseconds since 1970. */
  readonly since: number;
  /** Higher goes first. */
  readonly depth: number;
  /** Then lower; then the older run, then what was ready first. */
  readonly rank: number;
  readonly order: number;
  readonly seq: number;
  /** It runs already, has waited for a run of its own, and wants its place back. */
  readonly back: boolean;
  /** It has started, or is no longer ready. */
  gone: boolean;
  /** The lot that it was let out of last. */
  from: string | undefined;
}

export const isBefore = (a: Entry, b: Entry): boolean =>
  a.depth !== b.depth
    ? a.depth > b.depth
    : a.rank !== b.rank
      ? a.rank < b.rank
      : a.order !== b.order
        ? a.order < b.order
        : a.seq < b.seq;

/** Where tasks wait for one thing each, so that nobody looks at them before that thing is free; and those who are let out. */
export class Lots {
  readonly #ready = new Heap<Entry>(isBefore);
  readonly #lots = new Map<string, Heap<Entry>>();
  /** Of each pool, its lots: one for each limit that runs know of it. */
  readonly #ofPool = new Map<string, Set<string>>();
  /** Of each key, those of runs that are waited for. */
  readonly #ofKey = new Map<string, Set<string>>();

  /** Waits for nothing that is known yet. */
  enter(entry: Entry): void {
    this.#ready.push(entry);
  }

  /** The first of those that wait in no lot. */
  pop(): Entry | undefined {
    return this.#ready.pop();
  }

  park(entry: Entry, lot: string): void {
    let heap = this.#lots.get(lot);
    if (heap === undefined) this.#lots.set(lot, (heap = new Heap(isBefore)));
    heap.push(entry);
  }

  /** The first of those that wait for something of which there may be enough now. */
  offer({ keys, pool }: Needs): void {
    for (const key of keys) for (const lot of this.ofKey(key)) this.letOut(lot);
    if (pool === undefined) return;
    for (const lot of this.ofPool(pool.name)) this.letOut(lot);
  }

  letOut(lot: string): void {
    const entry = this.#next(lot);
    if (entry === undefined) return;
    entry.from = lot;
    this.#ready.push(entry);
  }

  /** The first of those that wait there. */
  #next(lot: string): Entry | undefined {
    const heap = this.#lots.get(lot);
    let entry = heap?.pop();
    while (entry?.gone === true) entry = heap?.pop();
    if (heap?.size === 0) this.#lots.delete(lot);
    return entry;
  }

  know(pool: string, lot: string): void {
    add(this.#ofPool, pool, lot);
  }

  /** Returns the lot. */
  knowKey(key: string, lot: string): string {
    if (lot !== keyLot(key)) add(this.#ofKey, key, lot);
    return lot;
  }

  /** The lot of all, and those of runs that are waited for. */
  ofKey(key: string): string[] {
    return [...(this.#ofKey.get(key) ?? []), keyLot(key)];
  }

  /** A run is gone. */
  forget(run: string): void {
    for (const [key, own] of this.#ofKey)
      if (own.delete(ownKeyLot(key, run)) && own.size === 0) this.#ofKey.delete(key);
  }

  ofPool(pool: string): Iterable<string> {
    return this.#ofPool.get(pool) ?? [];
  }
}

function add(sets: Map<string, Set<string>>, name: string, lot: string): void {
  const known = sets.get(name);
  if (known === undefined) sets.set(name, new Set([lot]));
  else known.add(lot);
}
