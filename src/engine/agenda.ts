import { isTaskEvent } from '../domain/event.ts';
import type { Event } from '../domain/event.ts';
import { waitsOf } from '../domain/task.ts';
import { weightOf } from '../domain/priority.ts';
import { decide, wakeAt } from '../scheduler/decide.ts';
import type { Decisions, Moment } from '../scheduler/decide.ts';
import type { Loans } from '../scheduler/lane.ts';
import { choiceKey } from '../scheduler/needs.ts';
import type { Choice, Obstacle } from '../scheduler/needs.ts';
import { Queue } from '../scheduler/queue.ts';
import { Timers } from '../scheduler/timers.ts';
import type { Timer } from '../scheduler/timers.ts';
import { due, operationOf, taskOf } from '../workflow/view.ts';
import { needsOf } from './claims.ts';
import { expiryOf } from './expiry.ts';
import type { Owned } from './owned.ts';

/** When the system has nothing left to begin something with, whatever would be next lacks the same. Nobody tells us more. */
const LATER_MS = 5000;

/** Keeps the scheduler's index in step with the runs of one engine: an event costs its task and that one's dependants. */
export class Agenda {
  readonly #runs: ReadonlyMap<string, Owned>;
  readonly #measured = new Set<Owned>();
  readonly #queue = new Queue();
  readonly #timers = new Timers((timer) => this.#isCurrent(timer));

  /** Nothing is started before. */
  #shutUntil = 0;

  constructor(runs: ReadonlyMap<string, Owned>) {
    this.#runs = runs;
  }

  /** A run is in this engine's hands from now on. */
  take(run: Owned, now: number): void {
    const { id, view } = run;
    this.#queue.open({
      id,
      parallelLimit: view.workflow.parallel_limit,
      needsOf: (task) => needsOf(run, task),
      loans: run.parent === null ? undefined : () => this.#loansOf(run),
    });
    this.admit(run);
    for (const [weight, tasks] of view.ready.entries())
      for (const task of tasks) this.#queue.add({ run: id, task }, weight, now);
    for (const task of view.running) this.started(run, task);
    for (const task of view.delayed.keys()) this.#look(run, task, now);
    this.#measured.add(run);
    this.#measure(run);
  }

  drop(run: Owned): void {
    this.#measured.delete(run);
    this.#queue.close(run.id);
  }

  /** What has happened to a run, and stands in its view already. */
  heard(run: Owned, events: readonly Event[], now: number): void {
    for (const event of events)
      if (!isTaskEvent(event)) {
        this.admit(run);
        this.#measure(run);
      } else if (event.type !== 'task.progress') {
        if (event.type === 'task.waiting') this.#queue.lend({ run: run.id, task: event.task });
        this.#look(run, event.task, now);
        for (const dependant of run.view.dependants[event.task] ?? []) this.#look(run, dependant.task, now);
      }
  }

  decide(moment: Moment): Decisions {
    const limit = this.#isShut(moment.now) ? 0 : moment.limit;
    const decisions = decide({ queue: this.#queue, timers: this.#timers }, { ...moment, limit });
    for (const { run, task } of decisions.due) {
      const owned = this.#runs.get(run);
      if (owned !== undefined) due(owned.view, task);
    }
    return decisions;
  }

  /** Whether tasks of the run may start follows from its state. */
  admit({ id, view, dormant }: Owned): void {
    this.#queue.admit(id, view.state.status !== 'paused' && !dormant);
  }

  /** A task runs; its deadline, if it has one, is known. */
  started(run: Owned, task: number): void {
    this.#queue.adopt({ run: run.id, task });
    if (waitsOf(taskOf(run.view, task)).length > 0) this.#queue.lend({ run: run.id, task });
    this.#watch(run, task);
    if (run.firstStart !== null) return;
    run.firstStart = taskOf(run.view, task).startedAt;
    run.suspendedMs = 0;
    this.#measure(run);
  }

  /** A task has waited for its child run: it goes on as soon as there is a slot. */
  wantBack(run: Owned, { task, child }: { task: number; child: string }, now: number): void {
    run.back.set(task, child);
    this.#queue.wantBack({ run: run.id, task }, now);
  }

  /** The machine was suspended: nothing could be done in that time, so it counts against no deadline. */
  extend(ms: number): void {
    for (const run of this.#measured) {
      run.suspendedMs += ms;
      this.#measure(run);
      for (const [task, at] of run.deadlines) {
        run.deadlines.set(task, at + ms);
        this.#watch(run, task);
      }
    }
  }

  /** A task that was chosen could not start. */
  refused(choice: Choice, obstacle: Obstacle, until: number): void {
    this.#queue.refuse(choice, obstacle, until);
  }

  /** A task could not be started, and no other one could: nothing is, for a while. */
  putOff(now: number): void {
    this.#shutUntil = now + LATER_MS;
  }

  wakeAt(now: number): number | null {
    const next = wakeAt({ queue: this.#queue, timers: this.#timers });
    return this.#isShut(now) ? Math.min(next ?? Infinity, this.#shutUntil) : next;
  }

  /** A clock that was set back does not keep it shut for longer. */
  #isShut(now: number): boolean {
    return now < this.#shutUntil && now >= this.#shutUntil - LATER_MS;
  }

  /** The tasks that wait for the run, up to the first that another engine executes: what that one lends the store knows. */
  #loansOf({ id, parent }: Owned): Loans {
    const lenders = new Set<string>();
    let depth = 0;
    for (let [child, place] = [id, parent]; place !== null; depth++) {
      const owned = this.#runs.get(place.run);
      if (owned === undefined) return { lenders, depth: depth + 1 };
      if (!waitsOf(taskOf(owned.view, place.task)).includes(child)) break;
      lenders.add(choiceKey(place));
      [child, place] = [owned.id, owned.parent];
    }
    return { lenders, depth };
  }

  #watch(run: Owned, task: number): void {
    const at = run.deadlines.get(task);
    if (at !== undefined) this.#timers.set({ kind: 'deadline', run: run.id, task, weight: 0, at });
  }

  #measure(run: Owned): void {
    const expiry = expiryOf(run);
    if (expiry !== undefined) this.#timers.set({ kind: 'run', run: run.id, task: -1, weight: 0, at: expiry.at });
  }

  #look(run: Owned, task: number, now: number): void {
    const { id, view } = run;
    const weight = weightOf(operationOf(view, task).priority);
    const choice = { run: id, task };
    if (!view.running.has(task)) this.#queue.ended(choice);
    if (view.ready[weight]?.has(task) === true) this.#queue.add(choice, weight, now);
    else this.#queue.remove(choice);
    const at = view.delayed.get(task);
    if (at !== undefined) this.#timers.set({ kind: 'retry', run: id, task, weight, at });
  }

  #isCurrent({ kind, run, task, at }: Timer): boolean {
    const owned = this.#runs.get(run);
    if (kind === 'run') return owned !== undefined && expiryOf(owned)?.at === at;
    return (kind === 'retry' ? owned?.view.delayed : owned?.deadlines)?.get(task) === at;
  }
}
