import { Heap } from './heap.ts';

/** A ready task in the queue, or in one of its lots. */
export interface Entry {
  readonly run: string;
  readonly task: number;
  /** Since when it could have started, milliseconds since 1970. */
  readonly since: number;
  /** Lower goes first; then the older run, then what was ready first. */
  readonly rank: number;
  readonly order: number;
  readonly seq: number;
  /** It has started, or is no longer ready. */
  gone: boolean;
  /** The lot that it was let out of last. */
  from: string | undefined;
}

export const isBefore = (a: Entry, b: Entry): boolean =>
  a.rank !== b.rank ? a.rank < b.rank : a.order !== b.order ? a.order < b.order : a.seq < b.seq;

/** Where tasks wait for one thing each, so that nobody looks at them before that thing is free. */
export class Lots {
  readonly #lots = new Map<string, Heap<Entry>>();
  /** Of each pool, its lots: one for each limit that runs know of it. */
  readonly #ofPool = new Map<string, Set<string>>();

  park(entry: Entry, lot: string): void {
    let heap = this.#lots.get(lot);
    if (heap === undefined) this.#lots.set(lot, (heap = new Heap(isBefore)));
    heap.push(entry);
  }

  /** The first of those that wait there. */
  next(lot: string): Entry | undefined {
    const heap = this.#lots.get(lot);
    let entry = heap?.pop();
    while (entry?.gone === true) entry = heap?.pop();
    if (heap?.size === 0) this.#lots.delete(lot);
    return entry;
  }

  know(pool: string, lot: string): void {
    const known = this.#ofPool.get(pool);
    if (known === undefined) this.#ofPool.set(pool, new Set([lot]));
    else known.add(lot);
  }

  ofPool(pool: string): Iterable<string> {
    return this.#ofPool.get(pool) ?? [];
  }
}
