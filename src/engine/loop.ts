import type { Event } from '../domain/event.ts';
import { isTaskEvent } from '../domain/event.ts';
import type { ResourceChange } from '../domain/resource.ts';
import type { TaskState } from '../domain/task.ts';
import type { Claim, ClaimAnswer, Committed, RunChange } from '../ports/store.ts';
import { choiceKey, decide } from '../scheduler/decide.ts';
import type { Choice, Decisions } from '../scheduler/decide.ts';
import { advance } from '../workflow/advance.ts';
import type { Effect, Input } from '../workflow/advance.ts';
import { applyEvent, due, taskOf } from '../workflow/view.ts';
import { claimOf } from './claims.ts';
import type { Owned } from './owned.ts';
import type { World } from './world.ts';

/** When somebody else holds what a ready task needs, look again then: nobody tells us when it is free. */
const LOOK_AGAIN_MS = 250;

interface Batch {
  readonly changes: Map<string, PendingChange>;
  readonly effects: { readonly run: Owned; readonly effect: Effect }[];
}

interface PendingChange {
  readonly events: Event[];
  readonly touched: Set<number>;
  readonly resources: { task: number; changes: readonly ResourceChange[] }[];
}

export interface LoopHooks {
  /** The claim is durable: start the attempt. */
  start(run: Owned, task: number): void;
  kill(run: Owned, task: number): void;
  expire(run: Owned, task: number): void;
  settled(run: Owned): void;
}

/** The one writer of this engine's runs. It sleeps until an input comes or something is due; it never polls for work. */
export class Loop {
  readonly runs = new Map<string, Owned>();
  readonly #world: World;
  readonly #hooks: LoopHooks;
  #inbox: { readonly run: string; readonly input: Input }[] = [];
  #blocked = new Set<string>();
  #turning: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(world: World, hooks: LoopHooks) {
    this.#world = world;
    this.#hooks = hooks;
  }

  post(run: string, input: Input): void {
    this.#inbox.push({ run, input });
    this.wake();
  }

  /** All that arrives until the next turn of Node's own loop is one turn of ours, and one commit. */
  wake(): void {
    if (!this.#stopped) this.#turning ??= setImmediate(() => this.#run());
  }

  /** No task is started and no input taken from now on. What has been posted is settled first. */
  stop(): void {
    if (this.#stopped) return;
    this.#turn(false);
    this.#stopped = true;
    clearImmediate(this.#turning);
    this.#world.clock.alarm(null, () => undefined);
  }

  #run(): void {
    this.#turning = undefined;
    try {
      this.#turn(true);
    } catch (error) {
      this.#stopped = true;
      this.#world.onFatal(error);
    }
  }

  #turn(dispatching: boolean): void {
    const now = this.#world.clock.now();
    const batch = this.#takeInbox(now);
    const decisions = this.#decide(now);
    for (const { run, task } of decisions.due) due(this.#owned(run).view, task);
    const claims = dispatching ? this.#claims(decisions, now) : [];
    if (batch.changes.size > 0 || claims.length > 0) {
      const committed = this.#commit({ batch, claims, now });
      this.#takeAnswers(claims, committed.answers, now);
      for (const [run, events] of committed.recorded) this.#world.sink.emit(run, events);
    }
    this.#interpret(batch, decisions);
    this.#sleep(decisions, now);
  }

  #takeInbox(now: number): Batch {
    const batch: Batch = { changes: new Map(), effects: [] };
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const { run: id, input } of inbox) {
      const run = this.runs.get(id);
      if (run === undefined) continue;
      const advanced = advance(run.view, input, now);
      if (input.type === 'ended') this.#blocked.clear();
      if (advanced.events.length === 0) continue;
      const change = pendingChange(batch, id);
      change.events.push(...advanced.events);
      change.resources.push(...advanced.resources);
      for (const event of advanced.events) if (isTaskEvent(event)) this.#touch(run, change, event.task);
      for (const effect of advanced.effects) batch.effects.push({ run, effect });
    }
    return batch;
  }

  #touch(run: Owned, change: PendingChange, task: number): void {
    change.touched.add(task);
    if (!run.view.running.has(task)) run.deadlines.delete(task);
  }

  #decide(now: number): Decisions {
    let running = 0;
    const queues = [];
    for (const { id, view, deadlines } of this.runs.values()) {
      running += view.running.size;
      const { ready, delayed } = view;
      const parallelLimit = view.workflow.parallel_limit;
      queues.push({ run: id, running: view.running.size, parallelLimit, ready, delayed, deadlines });
    }
    const free = this.#world.maxConcurrentTasks - running;
    return decide({ now, free, queues, blocked: this.#blocked });
  }

  #claims(decisions: Decisions, now: number): Claim[] {
    return decisions.start.map(({ run, task }) =>
      claimOf(this.#owned(run), task, { fence: this.#world.ids.next(), at: now }),
    );
  }

  #commit(turn: { batch: Batch; claims: readonly Claim[]; now: number }): Committed {
    const { batch, claims, now } = turn;
    const runs = [...batch.changes].map(([id, pending]) => this.#runChange(id, pending));
    return this.#world.store.commit({ at: now, runs, claims, limit: this.#world.maxConcurrentTasks });
  }

  #runChange(id: string, pending: PendingChange): RunChange {
    const { view } = this.#owned(id);
    const tasks = new Map<number, TaskState>();
    for (const task of pending.touched) tasks.set(task, taskOf(view, task));
    return { id, state: view.state, events: pending.events, tasks, resources: pending.resources };
  }

  #takeAnswers(claims: readonly Claim[], answers: readonly ClaimAnswer[], now: number): void {
    for (const [index, claim] of claims.entries()) {
      const run = this.#owned(claim.run);
      if (answers[index]?.granted === true) {
        applyEvent(run.view, claim.event, now);
        this.#hooks.start(run, claim.task);
      } else this.#blocked.add(choiceKey(claim));
    }
  }

  #interpret(batch: Batch, decisions: Decisions): void {
    for (const { run, effect } of batch.effects)
      if (effect.type === 'kill') this.#hooks.kill(run, effect.task);
      else this.#settle(run, effect.outcome);
    for (const { run, task } of decisions.expired) this.#expire({ run, task });
  }

  #settle(run: Owned, outcome: Parameters<Owned['settled']['resolve']>[0]): void {
    this.runs.delete(run.id);
    run.settled.resolve(outcome);
    this.#hooks.settled(run);
  }

  #expire(choice: Choice): void {
    const run = this.runs.get(choice.run);
    if (run?.deadlines.delete(choice.task) === true) this.#hooks.expire(run, choice.task);
  }

  #sleep(decisions: Decisions, now: number): void {
    // Deadlines and retries that this very turn has made are not in its decisions.
    const next = this.#decide(now);
    const blocked = this.#blocked.size > 0 ? now + LOOK_AGAIN_MS : null;
    const times = [decisions.due.length > 0 ? now : null, next.wakeAt, blocked].filter((time) => time !== null);
    const wakeAt = times.length === 0 ? null : Math.min(...times);
    this.#world.clock.alarm(wakeAt, () => {
      this.#blocked.clear();
      this.wake();
    });
  }

  #owned(id: string): Owned {
    const run = this.runs.get(id);
    if (run === undefined) throw new Error(`Internal error: run ${id} is not ours`);
    return run;
  }
}

function pendingChange(batch: Batch, id: string): PendingChange {
  let change = batch.changes.get(id);
  if (change === undefined) {
    change = { events: [], touched: new Set(), resources: [] };
    batch.changes.set(id, change);
  }
  return change;
}
