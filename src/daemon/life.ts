import { setImmediate as turn } from 'node:timers/promises';
import type { Phase } from '../api/responses.ts';

/** Why an orchestrator leaves. `lost`: its folder, descriptor or token is not its own any more. */
export type Departure = 'idle' | 'memory' | 'asked' | 'signal' | 'lost' | 'broken';

/**
 * Whether it stays, and what it is busy with.
 *
 * ```
 *  ready ── refuse() or leave(why) ──▶ draining ── left() ──▶ (gone)
 * ```
 */
export class Life {
  readonly #draining = new AbortController();
  readonly #departure = Promise.withResolvers<Departure>();
  readonly #gone = Promise.withResolvers<null>();
  #refusing = false;
  #busy = 0;
  /** Milliseconds of the monotonic clock: nobody idles faster because the wall clock was set. */
  #lastTouch = performance.now();

  get phase(): Exclude<Phase, 'degraded'> {
    return this.#refusing ? 'draining' : 'ready';
  }

  /** Fires at `leave`: streams end then. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Resolves with the first reason to leave. */
  get departure(): Promise<Departure> {
    return this.#departure.promise;
  }

  /** Resolves when another orchestrator may start. */
  get gone(): Promise<null> {
    return this.#gone.promise;
  }

  get busy(): number {
    return this.#busy;
  }

  get quietMs(): number {
    return performance.now() - this.#lastTouch;
  }

  /** A request or stream begins; the returned function ends it. */
  enter(): () => void {
    this.#busy += 1;
    this.touch();
    let inside = true;
    return () => {
      if (inside) this.#busy -= 1;
      inside = false;
      this.touch();
    };
  }

  touch(): void {
    this.#lastTouch = performance.now();
  }

  /** Takes no more work; who watches what there is goes on watching. */
  refuse(): void {
    this.#refusing = true;
  }

  leave(why: Departure): void {
    this.refuse();
    this.#draining.abort();
    this.#departure.resolve(why);
  }

  /** Resolves when no request is in progress any more, or has had its time. */
  async quiet(limitMs: number): Promise<void> {
    const limit = performance.now() + limitMs;
    while (this.#busy > 0 && performance.now() < limit) await turn();
  }

  left(): void {
    this.#gone.resolve(null);
  }
}
