import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import { waitsOf } from '../domain/task.ts';
import type { WaitNote } from '../ports/wait-notes.ts';
import { taskOf } from '../workflow/view.ts';
import type { Hooks } from './interpret.ts';
import type { Loop } from './loop.ts';
import type { Owned } from './owned.ts';
import { recoverRuns } from './recover.ts';
import { noRun } from './steer.ts';
import type { World } from './world.ts';

/** How often is looked for the end of a run that another engine executes, and at what others have noted. */
const LOOK_MS = 100;

interface Place {
  readonly run: Owned;
  readonly task: number;
}

/**
 * Tasks that submit runs and wait for them. While it waits, a task takes no slot and lends what it holds to that run,
 * so however few slots there are, none keeps its own child from running. That it waits is an event of its run: it
 * outlives every process. It ends with the child, or with whoever waits, where this engine sees them die.
 */
export class Nested {
  readonly #world: World;
  readonly #loop: Loop;
  readonly #hooks: Hooks;
  #timer: NodeJS.Timeout | undefined;

  constructor(world: World, loop: Loop, hooks: Hooks) {
    this.#world = world;
    this.#loop = loop;
    this.#hooks = hooks;
  }

  /** Resolves when the child run has ended and the task has its slot back, or has ended itself, or `signal` fires. */
  async wait(taskId: string, child: string, signal: AbortSignal): Promise<Result<null, Failure>> {
    const stored = this.#loop.runs.get(child)?.view ?? this.#world.store.load(child);
    if (stored === undefined) return err(noRun(child));
    if (isOutcome(stored.state.status)) return ok(null);
    const place = this.find(taskId);
    if (place === undefined) return this.#note(taskId, child, signal);
    const parent = this.#world.store.load(child)?.parent;
    if (parent?.run !== place.run.id || parent.task !== place.task)
      return err(
        failure('conflict', `run ${child} was not submitted by task ${taskId}`, {
          hint: 'A task waits for runs that it submitted itself; it may read others, without letting its slot go.',
        }),
      );
    await this.#waitHere(place, child, signal);
    return ok(null);
  }

  /** The task of this engine that runs under this `task_id`. */
  find(taskId: string): Place | undefined {
    for (const run of this.#loop.runs.values())
      for (const task of run.view.running) if (run.taskIds[task] === taskId) return { run, task };
    return undefined;
  }

  /** Takes up what commands in tasks of this engine have noted. */
  heed(): void {
    const { store, owner } = this.#world;
    for (const note of store.notes.of(owner)) {
      const run = this.#loop.runs.get(note.run);
      if (run === undefined || !this.#heedOne(run, note)) store.notes.remove(note);
    }
  }

  /** So many runs have been taken over: what was noted for their tasks, and what these wait for, is this engine's to see. */
  recovered(runs: number): number {
    this.heed();
    this.look();
    return runs;
  }

  /** Tells tasks whose child runs ended in other engines' hands, now and until no task waits for such a run. */
  look(): void {
    clearTimeout(this.#timer);
    const waits = [...this.#loop.runs.values()].flatMap((run) => this.#foreignWaits(run));
    if (waits.length === 0) return;
    const open = new Set(this.#world.store.unfinished().map(({ id }) => id));
    for (const { run, task, child } of waits)
      if (!open.has(child)) this.#loop.post(run.id, { type: 'waited', task, child });
    this.#timer = setTimeout(() => {
      this.look();
    }, LOOK_MS).unref();
  }

  /** A task is stopped: the runs that it waits for are part of what it does. `onChild` is called before each is. */
  stopChildren(run: Owned, task: number, onChild: (child: string) => void): void {
    for (const child of waitsOf(taskOf(run.view, task))) {
      run.stopped.add(child);
      onChild(child);
      this.#cancel(child, 'the task that waits for it was stopped');
    }
  }

  /** A task that was stopped has ended: a child whose own engine died with it is ended here. */
  stopped({ stopped }: Owned): void {
    if (stopped.size > 0) recoverRuns(this.#world, this.#loop, this.#hooks, (run) => stopped.has(run));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #cancel(child: string, reason: string): void {
    const owned = this.#loop.runs.get(child);
    if (owned === undefined) {
      this.#world.store.requestCancel(child, reason);
      return;
    }
    if (owned.view.state.status === 'cancelling') for (const task of owned.view.running) this.#hooks.kill(owned, task);
    this.#loop.post(child, { type: 'cancel', reason });
  }

  async #waitHere({ run, task }: Place, child: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<null>();
    const waiter = { task, child, over: () => resolve(null) };
    const leave = (): void => {
      run.waiters.delete(waiter);
      const others = [...run.waiters].some((other) => other.task === task && other.child === child);
      if (!others) this.#loop.post(run.id, { type: 'waited', task, child });
      resolve(null);
    };
    if (signal.aborted) return;
    signal.addEventListener('abort', leave, { once: true });
    run.waiters.add(waiter);
    this.#loop.post(run.id, { type: 'wait', task, child });
    this.#loop.flush();
    this.look();
    await promise;
    signal.removeEventListener('abort', leave);
  }

  /** Somebody else executes the task, and is told by a note in the store. */
  async #note(taskId: string, child: string, signal: AbortSignal): Promise<Result<null, Failure>> {
    const { store, owner } = this.#world;
    if (!store.notes.add(taskId, child, owner)) return ok(null);
    while (!signal.aborted && store.notes.isOpen(taskId, child))
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (signal.aborted) store.notes.withdraw(taskId, child);
    return ok(null);
  }

  /** Whether the note is still of use. */
  #heedOne(run: Owned, { task, child, waiter }: WaitNote): boolean {
    const state = taskOf(run.view, task);
    if (state.status !== 'running') return false;
    const isOver = run.back.has(task);
    if (waitsOf(state).includes(child)) {
      if (!this.#isAlive(waiter)) this.#loop.post(run.id, { type: 'waited', task, child });
      return true;
    }
    const isOpen = this.#world.store.unfinished().some(({ id }) => id === child);
    if (isOver || !isOpen || !this.#isAlive(waiter)) return false;
    this.#loop.post(run.id, { type: 'wait', task, child });
    this.#loop.flush();
    this.look();
    return true;
  }

  #isAlive(waiter: string): boolean {
    return waiter !== '' && this.#world.isAlive(waiter);
  }

  #foreignWaits(run: Owned): { run: Owned; task: number; child: string }[] {
    return [...run.view.running].flatMap((task) =>
      waitsOf(taskOf(run.view, task))
        .filter((child) => !this.#loop.runs.has(child) && run.back.get(task) !== child)
        .map((child) => ({ run, task, child })),
    );
  }
}
