import { createHash } from 'node:crypto';
import { createStore } from '../../src/adapters/sqlite/store.ts';
import { createIds } from '../../src/adapters/system/ids.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { createEngine } from '../../src/engine/create.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createCaptured } from '../../src/executor/captured.ts';
import type { Executor } from '../../src/executor/executor.ts';
import type { Attempt } from '../../src/executor/request.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store, StoredRun } from '../../src/ports/store.ts';

/** How an attempt goes: how long it takes, in milliseconds, once `after` has resolved, and how it ends. */
export type Script = (attempt: Attempt) => {
  readonly ms: number;
  readonly outcome: AttemptOutcome;
  readonly after?: Promise<unknown> | undefined;
};

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
  script: Script;
  readonly #timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  readonly #alive = new Set<string>();
  readonly #stores: Store[] = [];
  readonly #owners = new Map<Engine, string>();
  readonly #attempts = new Map<string, SimulatedAttempt>();
  readonly running = new Map<string, Running>();
  /** Called whenever an attempt has begun. */
  onStart: (started: Running) => void = () => undefined;
  /** Milliseconds since 1970. */
  now = 1_000_000;
  /** How long the machine has been suspended. */
  suspendedMs = 0;
  /** Turns of any engine that were made durable. */
  commits = 0;

  constructor(paths: Paths, script: Script) {
    this.#paths = paths;
    this.script = script;
  }

  engine(maxConcurrentTasks: number): Engine {
    const ids = createIds();
    const owner = ids.next();
    this.#alive.add(owner);
    const isAlive = (name: string): boolean => this.#alive.has(name);
    const opened = createStore({ ...this.#paths, file: this.#paths.store, isAlive });
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
    const engine = createEngine({
      store: counting,
      executor: this.#executor(),
      clock: this.#clock(),
      ids,
      sink: { emit: () => undefined },
      captured: createCaptured(),
      owner,
      isAlive,
      maxConcurrentTasks,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      onFatal: (error) => {
        throw error;
      },
    });
    this.#owners.set(engine, owner);
    return engine;
  }

  /** The engine is gone; what it started goes on. */
  async end(engine: Engine): Promise<void> {
    await engine.stop();
    this.#alive.delete(this.#owners.get(engine) ?? '');
  }

  /** The run as it stands in the store. */
  load(id: string): StoredRun | undefined {
    return this.#stores[0]?.load(id);
  }

  /** Ids of the runs that have not ended, as they stand in the store. */
  unfinished(): string[] {
    return this.#stores[0]?.unfinished().map(({ id }) => id) ?? [];
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

  /** Lets this many milliseconds pass. */
  async pass(ms: number): Promise<void> {
    await this.until(this.later(ms));
  }

  /** Resolves when so many milliseconds have passed. */
  later(ms: number): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<null>();
    this.#timers.add({ at: this.now + ms, fire: () => resolve(null) });
    return promise;
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

  /** The machine sleeps: the time of day goes on, and nothing else. */
  suspend(ms: number): void {
    this.now += ms;
    this.suspendedMs += ms;
    const late = [...this.#timers];
    this.#timers.clear();
    for (const timer of late) this.#timers.add(Object.assign(timer, { at: timer.at + ms }));
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
      suspended: () => this.suspendedMs,
      alarm: (at, wake) => {
        if (mine !== undefined) this.#timers.delete(mine);
        mine = at === null ? undefined : { at, fire: wake };
        if (mine !== undefined) this.#timers.add(mine);
      },
    };
  }

  /** Attempts outlive their engine: another one may take them up. */
  #executor(): Executor {
    return {
      start: (attempt) => {
        const started = { attempt, startedAt: this.now };
        const { ms, outcome, after } = this.script(attempt);
        const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
        const end = (how: AttemptOutcome): void => {
          this.#timers.delete(timer);
          this.running.delete(attempt.fence);
          resolve(how);
        };
        const timer = { at: this.now + ms, fire: () => end(outcome) };
        if (after === undefined) this.#timers.add(timer);
        else
          void this.#after(after, () => {
            timer.at = this.now + ms;
            if (this.running.has(attempt.fence)) this.#timers.add(timer);
          });
        this.#attempts.set(attempt.fence, { promise, end });
        this.running.set(attempt.fence, started);
        this.onStart(started);
        return promise;
      },
      checkpoint: () => Promise.resolve(),
      adopt: ({ fence }) => this.#attempt(fence).promise,
      kill: ({ fence }, intent) =>
        this.#attempt(fence).end(
          intent === 'cancelled'
            ? { kind: 'cancelled' }
            : { kind: 'failed', failure: { code: 'timed_out', message: 'timed out' }, exitCode: undefined },
        ),
    };
  }

  async #after(promise: Promise<unknown>, act: () => void): Promise<void> {
    await promise;
    act();
  }

  #attempt(fence: string): SimulatedAttempt {
    const attempt = this.#attempts.get(fence);
    if (attempt === undefined) throw new Error(`no attempt ${fence} was started`);
    return attempt;
  }
}

interface SimulatedAttempt {
  readonly promise: Promise<AttemptOutcome>;
  readonly end: (how: AttemptOutcome) => void;
}
