import { isTaskEvent } from '../domain/event.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { TaskEvent } from '../domain/event.ts';
import type { Claim, ClaimAnswer, Committed } from '../ports/store.ts';
import type { Decisions } from '../scheduler/decide.ts';
import type { Choice } from '../scheduler/needs.ts';
import { advance } from '../workflow/advance.ts';
import type { Advanced, Input } from '../workflow/input.ts';
import { applyEvent } from '../workflow/view.ts';
import { Agenda } from './agenda.ts';
import { pass, pendingChange, runChange } from './batch.ts';
import type { Batch, PendingChange } from './batch.ts';
import { claimOf, obstacleOf } from './claims.ts';
import { expiryOf } from './expiry.ts';
import type { Owned } from './owned.ts';
import { tellWaiters } from './waiters.ts';
import type { World } from './world.ts';

/** When somebody else holds what a ready task needs, look again then: nobody tells us when it is free. */
const LOOK_AGAIN_MS = 250;

export interface LoopHooks {
  /** The claim is durable: start the attempt. */
  start(run: Owned, task: number): void;
  kill(run: Owned, task: number): void;
  expire(run: Owned, task: number): void;
  /** The run has ended, and that is about to become durable: what has to follow from it must be durable first. */
  settling(run: Owned): void;
  /** A task waits for something that a run has which is not one of this loop's. */
  heldBy(run: string): void;
}

/** The one writer of this engine's runs. It sleeps until an input comes or something is due; it never polls for work. */
export class Loop {
  readonly #runs = new Map<string, Owned>();
  readonly #agenda = new Agenda(this.#runs);
  readonly #fresh = new Set<Owned>();
  readonly #world: World;
  readonly #hooks: LoopHooks;
  #inbox: { readonly run: string; readonly input: Input }[] = [];
  #turning: NodeJS.Immediate | undefined;
  #stopped = false;
  #suspended: number;

  constructor(world: World, hooks: LoopHooks) {
    this.#world = world;
    this.#hooks = hooks;
    this.#suspended = world.clock.suspended();
  }

  get runs(): ReadonlyMap<string, Owned> {
    return this.#runs;
  }

  /** The run is this loop's from now on. */
  take(run: Owned): void {
    this.#runs.set(run.id, run);
    this.#fresh.add(run);
  }

  /** The run is nobody's, or somebody else's. */
  drop(run: Owned): void {
    this.#runs.delete(run.id);
    if (!this.#fresh.delete(run)) this.#agenda.drop(run);
  }

  /** A run that was only watched is executed from now on. */
  waken(id: string): void {
    const run = this.#runs.get(id);
    if (run?.dormant !== true) return;
    run.dormant = false;
    if (!this.#fresh.has(run)) this.#agenda.admit(run);
    this.wake();
  }

  post(run: string, input: Input): void {
    this.#inbox.push({ run, input });
    this.wake();
  }

  /** All that arrives until the next turn of Node's own loop is one turn of ours, and one commit. */
  wake(): void {
    if (!this.#stopped) this.#turning ??= setImmediate(() => this.#run());
  }

  /** Takes what has been posted now: on return it is durable. */
  flush(): void {
    clearImmediate(this.#turning);
    if (!this.#stopped) this.#run();
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
    this.#extend();
    for (const run of this.#fresh) this.#agenda.take(run, now);
    this.#fresh.clear();
    const batch = this.#takeInbox(now);
    const decisions = this.#agenda.decide({ now, limit: dispatching ? this.#world.maxConcurrentTasks : 0 });
    const claims = this.#claims(decisions, now);
    for (const { run, effect } of batch.effects) if (effect.type === 'settled') this.#hooks.settling(run);
    if (batch.changes.size > 0 || claims.length > 0) {
      const committed = this.#commit({ batch, claims, now });
      pass(this.#world.failpoint, batch, committed);
      this.#takeAnswers(claims, committed.answers, now);
      for (const [id, events] of committed.recorded) {
        tellWaiters(this.#owned(id), events);
        this.#world.sink.emit(id, events);
      }
    }
    this.#interpret(batch, decisions);
    this.#world.clock.alarm(this.#agenda.wakeAt(now), () => this.wake());
  }

  /** Before fresh runs are taken: they may have come after the suspension. */
  #extend(): void {
    const suspended = this.#world.clock.suspended();
    const more = suspended - this.#suspended;
    this.#suspended = suspended;
    if (more <= 0) return;
    this.#agenda.extend(more);
    this.#world.onSuspended?.(more);
  }

  #takeInbox(now: number): Batch {
    const batch: Batch = { changes: new Map(), effects: [] };
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const { run: id, input } of inbox) {
      const run = this.#runs.get(id);
      if (run === undefined) continue;
      if (input.type === 'ended' && input.outcome.kind === 'revoked' && input.outcome.later === true)
        this.#agenda.putOff(now);
      const advanced = advance(run.view, input, now);
      for (const effect of advanced.effects)
        if (effect.type === 'return') this.#agenda.wantBack(run, effect, now);
        else batch.effects.push({ run, effect });
      // In the same turn: the slot that its child lets go is the parent's before anybody else's.
      if (run.parent !== null && isOutcome(run.view.state.status))
        inbox.push({ run: run.parent.run, input: { type: 'waited', task: run.parent.task, child: id } });
      if (advanced.events.length > 0) this.#hear(batch, run, { ...advanced, now });
    }
    return batch;
  }

  #hear(
    batch: Batch,
    run: Owned,
    { events, resources, now }: Pick<Advanced, 'events' | 'resources'> & { now: number },
  ) {
    const change = pendingChange(batch, run.id);
    change.events.push(...events);
    change.resources.push(...resources);
    for (const event of events) if (isTaskEvent(event)) this.#touch(run, change, event);
    this.#agenda.heard(run, events, now);
  }

  #touch(run: Owned, change: PendingChange, { type, task }: TaskEvent): void {
    change.touched.add(task);
    if (!run.view.running.has(task)) run.deadlines.delete(task);
    // It waits for another run before it had its slot back: it is done with the first one all the same.
    const child = type === 'task.waiting' ? run.back.get(task) : undefined;
    if (child !== undefined && run.back.delete(task)) this.post(run.id, { type: 'waited', task, child });
  }

  #claims(decisions: Decisions, now: number): Claim[] {
    return decisions.start.map(({ run, task }) =>
      claimOf(this.#owned(run), task, { fence: this.#world.ids.fence(), at: now }),
    );
  }

  #commit(turn: { batch: Batch; claims: readonly Claim[]; now: number }): Committed {
    const { batch, claims, now } = turn;
    const runs = [...batch.changes].map(([id, pending]) => runChange(this.#owned(id), pending));
    return this.#world.store.commit({ at: now, runs, claims, limit: this.#world.maxConcurrentTasks });
  }

  #takeAnswers(claims: readonly Claim[], answers: readonly ClaimAnswer[], now: number): void {
    for (const [index, claim] of claims.entries()) {
      const answer = answers[index];
      const run = this.#owned(claim.run);
      if (answer?.granted === true) {
        applyEvent(run.view, claim.event, now);
        this.#granted(run, claim);
      } else if (answer !== undefined) this.#refused(claim, answer, now);
    }
  }

  #granted(run: Owned, { task, event }: Claim): void {
    if (event.type === 'task.resumed') run.back.delete(task);
    else {
      this.#hooks.start(run, task);
      this.#agenda.started(run, task);
    }
  }

  #refused(claim: Claim, answer: ClaimAnswer & { granted: false }, now: number): void {
    const until = answer.reason === 'rate' ? answer.notBefore : now + LOOK_AGAIN_MS;
    this.#agenda.refused(claim, obstacleOf(answer), until);
    if (answer.reason === 'held' && !this.#runs.has(answer.holder)) this.#hooks.heldBy(answer.holder);
    // The slot that it leaves free is for somebody else.
    if (answer.reason !== 'slots') this.wake();
  }

  #interpret(batch: Batch, decisions: Decisions): void {
    for (const { run, effect } of batch.effects)
      if (effect.type === 'kill') this.#hooks.kill(run, effect.task);
      else if (effect.type === 'settled') this.#settle(run, effect.outcome);
    for (const { run, task } of decisions.expired) this.#expire({ run, task });
  }

  #settle(run: Owned, outcome: Parameters<Owned['settled']['resolve']>[0]): void {
    this.drop(run);
    this.#world.connections?.close(run.id);
    run.settled.resolve(outcome);
  }

  #expire(choice: Choice): void {
    const run = this.#runs.get(choice.run);
    const expiry = run === undefined || choice.task >= 0 ? undefined : expiryOf(run);
    if (expiry !== undefined) this.post(choice.run, { type: 'expire', failure: expiry.failure });
    if (run?.deadlines.delete(choice.task) === true) this.#hooks.expire(run, choice.task);
  }

  #owned(id: string): Owned {
    const run = this.#runs.get(id);
    if (run === undefined) throw new Error(`Internal error: run ${id} is not ours`);
    return run;
  }
}
