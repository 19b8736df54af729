import { isBefore } from './lots.ts';
import type { Entry } from './lots.ts';
import { shared } from './needs.ts';
import type { Needs } from './needs.ts';

/**
 * What tasks that have waited for long keep from those behind them. Only those before it can keep a thing from a task:
 * so reservations never wait for each other in a circle. None binds a run that is waited for: who reserved may need
 * what is held until that run has ended.
 */
export class Reservations {
  readonly #reserved = new Map<string, Entry>();

  isKept(thing: string, entry: Entry): boolean {
    const holder = this.#reserved.get(thing);
    return entry.depth === 0 && holder !== undefined && holder !== entry && isBefore(holder, entry);
  }

  make(entry: Entry, needs: Needs): void {
    for (const thing of shared(needs)) if (!this.isKept(thing, entry)) this.#reserved.set(thing, entry);
  }

  /** Whether there were any. */
  drop(entry: Entry, needs: Needs): boolean {
    let dropped = false;
    for (const thing of shared(needs))
      if (this.#reserved.get(thing) === entry) dropped = this.#reserved.delete(thing) || dropped;
    return dropped;
  }
}
