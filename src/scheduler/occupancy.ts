import type { Needs } from './needs.ts';

/** What the running tasks of this engine take up. Sets, not counters: what is let go twice is still let go once. */
export class Occupancy {
  readonly #running = new Set<string>();
  readonly #pools = new Map<string, Set<string>>();
  readonly #holders = new Map<string, string>();

  get running(): number {
    return this.#running.size;
  }

  take(who: string, { keys, pool }: Needs): void {
    this.#running.add(who);
    for (const key of keys) this.#holders.set(key, who);
    if (pool === undefined) return;
    const users = this.#pools.get(pool.name) ?? new Set();
    this.#pools.set(pool.name, users.add(who));
  }

  letGo(who: string, { keys, pool }: Needs): void {
    this.#running.delete(who);
    for (const key of keys) if (this.#holders.get(key) === who) this.#holders.delete(key);
    if (pool === undefined) return;
    const users = this.#pools.get(pool.name);
    users?.delete(who);
    if (users?.size === 0) this.#pools.delete(pool.name);
  }

  isHeld(key: string): boolean {
    return this.#holders.has(key);
  }

  isFull({ name, settings }: NonNullable<Needs['pool']>): boolean {
    return (this.#pools.get(name)?.size ?? 0) >= settings.limit;
  }
}
