import { createHash } from 'node:crypto';
import { createStore } from '../../src/adapters/sqlite/store.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { createEngine } from '../../src/engine/create.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Executor } from '../../src/executor/executor.ts';
import type { Attempt } from '../../src/executor/request.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';

/** How an attempt goes: how long it takes, in milliseconds, and how it ends. */
export type Script = (attempt: Attempt) => { readonly ms: number; readonly outcome: AttemptOutcome };

export const COMPLETED: AttemptOutcome = { kind: 'completed', message: null, result: {}, resources: [] };

export interface Running {
  readonly attempt: Attempt;
  readonly startedAt: number;
}

/**
 * Engines on the real store, with a time that jumps from event to event, and attempts that take up no process. What
 * would be random is in `script`, so a simulation repeats exactly.
 */
export class Simulation {
  readonly #paths: Paths;
  readonly #script: Script;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  readonly #alive = new Set<string>();
  readonly #stores: Store[] = [];
  readonly running = new Map<string, Running>();
  /** Called whenever an attempt has begun. */
  onStart: (started: Running) => void = () => undefined;
  /** Milliseconds since 1970. */
  now = 1_000_000;
  /** Turns of any engine that were made durable. */
  commits = 0;

  constructor(paths: Paths, script: Script) {
    this.#paths = paths;
    this.#script = script;
  }

  engine(maxConcurrentTasks: number): Engine {
    const ids = createIds();
    const owner = ids.next();
    this.#alive.add(owner);
    const isAlive = (name: string): boolean => this.#alive.has(name);
    const opened = createStore({ dataDir: this.#paths.dataDir, file: this.#paths.store, isAlive });
    if (!opened.ok) throw new Error(opened.error.message);
    const store = opened.value;
    this.#stores.push(store);
    const counting: Store = {
      ...store,
      commit: (turn) => {
        this.commits++;
        return store.commit(turn);
      },
    };
    return createEngine({
      store: counting,
      executor: this.#executor(),
      clock: this.#clock(),
      ids,
      sink: { emit: () => undefined },
      owner,
      isAlive,
      maxConcurrentTasks,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      onFatal: (error) => {
        throw error;
      },
    });
  }

  /** Lets time pass until `done`. Throws when nothing is left that could happen. */
  async until(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    void done.then(() => (isDone = true));
    for (;;) {
      await this.#quiet();
      if (isDone) return;
      if (!this.step()) throw new Error('the simulation has come to a halt');
    }
  }

  /** Jumps to the next thing that has its time. */
  step(): boolean {
    const next = [...this.#timers].reduce<{ at: number; fire: () => void } | undefined>(
      (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
      undefined,
    );
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.now = Math.max(this.now, next.at);
    next.fire();
    return true;
  }

  close(): void {
    for (const store of this.#stores) store.close();
  }

  /** A turn of an engine is one of Node's own; what it starts or settles may ask for another. */
  async #quiet(): Promise<void> {
    for (let commits = -1; commits !== this.commits;) {
      commits = this.commits;
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #clock(): Clock {
    let mine: { readonly at: number; readonly fire: () => void } | undefined;
    return {
      now: () => this.now,
      alarm: (at, wake) => {
        if (mine !== undefined) this.#timers.delete(mine);
        mine = at === null ? undefined : { at, fire: wake };
        if (mine !== undefined) this.#timers.add(mine);
      },
    };
  }

  #executor(): Executor {
    const ends = new Map<string, (outcome: AttemptOutcome) => void>();
    return {
      start: (attempt) =>
        new Promise((resolve) => {
          const started = { attempt, startedAt: this.now };
          this.running.set(attempt.fence, started);
          this.onStart(started);
          const { ms, outcome } = this.#script(attempt);
          const end = (how: AttemptOutcome): void => {
            this.#timers.delete(timer);
            ends.delete(attempt.fence);
            this.running.delete(attempt.fence);
            resolve(how);
          };
          const timer = { at: this.now + ms, fire: () => end(outcome) };
          this.#timers.add(timer);
          ends.set(attempt.fence, end);
        }),
      adopt: () => Promise.reject(new Error('no engine dies in a simulation')),
      kill: (attempt, intent) => {
        ends.get(attempt.fence)?.(
          intent === 'cancelled'
            ? { kind: 'cancelled' }
            : { kind: 'failed', failure: { code: 'timed_out', message: 'timed out' }, exitCode: undefined },
        );
      },
    };
  }
}
