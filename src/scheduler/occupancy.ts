import type { Needs } from './needs.ts';

/** What the running tasks of this engine take up. Sets, not counters: what is let go twice is still let go once. */
export class Occupancy {
  readonly #running = new Set<string>();
  readonly #pools = new Map<string, Set<string>>();
  /** More than one only where the others lend the key to the last. */
  readonly #holders = new Map<string, Set<string>>();

  get running(): number {
    return this.#running.size;
  }

  take(who: string, { keys, pool }: Needs): void {
    this.#running.add(who);
    for (const key of keys) this.#holders.set(key, (this.#holders.get(key) ?? new Set()).add(who));
    if (pool === undefined) return;
    const users = this.#pools.get(pool.name) ?? new Set();
    this.#pools.set(pool.name, users.add(who));
  }

  letGo(who: string, { keys, pool }: Needs): void {
    this.#running.delete(who);
    for (const key of keys) {
      const holders = this.#holders.get(key);
      if (holders?.delete(who) === true && holders.size === 0) this.#holders.delete(key);
    }
    if (pool === undefined) return;
    const users = this.#pools.get(pool.name);
    users?.delete(who);
    if (users?.size === 0) this.#pools.delete(pool.name);
  }

  /** By somebody who does not lend it. */
  isHeld(key: string, lenders: ReadonlySet<string>): boolean {
    return ![...(this.#holders.get(key) ?? [])].every((holder) => lenders.has(holder));
  }

  isFull({ name, settings }: NonNullable<Needs['pool']>): boolean {
    return (this.#pools.get(name)?.size ?? 0) >= settings.limit;
  }
}
