import { Lots } from './lots.ts';
import type { Entry } from './lots.ts';
import { keyLotOf, loansOf, needsOf, refusedLot } from './lane.ts';
import type { Lane, OpenLane } from './lane.ts';
import { choiceKey, keyLot, placeOnly, poolLot, rateLot, runLot, sharedPool, SLOTS } from './needs.ts';
import type { Choice, Needs, Obstacle } from './needs.ts';
import { Occupancy } from './occupancy.ts';
import { Reservations } from './reservations.ts';
import { Shut } from './shut.ts';

/**
 * Ageing: a priority is worth this much waiting. A task of the next higher one goes first unless the lower one has
 * waited this much longer, so nothing waits for ever, and the order of two tasks never changes while they wait.
 */
export const AGE_MS = 60_000;

/**
 * The ready tasks of one engine, in the order in which they start: priority with ageing, then the older run, then what
 * was ready first. A task that cannot start waits in the lot of the first thing that it lacks and is not looked at
 * before that is free: choosing costs O(log n) for each task that starts, however many wait.
 *
 * Whoever comes out of a lot and does not go back there lets out the next: so what is free is always offered to all
 * who wait for it, one after the other, and at most one looks in vain.
 *
 * A task that has waited for longer than `AGE_MS` reserves what it needs against those behind it: two things that are
 * never free at the same time would keep it waiting for ever.
 */
export class Queue {
  readonly #lanes = new Map<string, OpenLane>();
  /** Those that somebody may wait for. */
  readonly #children = new Set<string>();
  readonly #lots = new Lots();
  readonly #occupied = new Occupancy();
  readonly #reserved = new Reservations();
  readonly #shut = new Shut();
  #orders = 0;
  #seqs = 0;

  /** Running tasks of this engine. */
  get running(): number {
    return this.#occupied.running;
  }

  open(lane: Lane): void {
    if (this.#lanes.has(lane.id)) return;
    const tasks = { waiting: new Map(), running: new Map(), away: new Map() };
    this.#lanes.set(lane.id, { ...lane, ...tasks, order: this.#orders++, open: true });
    if (lane.loans !== undefined) this.#children.add(lane.id);
  }

  /** Forgets a run. */
  close(run: string): void {
    const lane = this.#lanes.get(run);
    if (lane === undefined) return;
    for (const task of lane.waiting.keys()) this.remove({ run, task });
    for (const task of [...lane.running.keys(), ...lane.away.keys()]) this.ended({ run, task });
    this.#lanes.delete(run);
    if (this.#children.delete(run)) this.#lots.forget(run);
  }

  /** Whether tasks of the run may start. */
  admit(run: string, open: boolean): void {
    const lane = this.#lane(run);
    if (!lane.open && open) this.#lots.letOut(runLot(run));
    lane.open = open;
  }

  /** A task is ready. Nothing changes if it is known already. */
  add({ run, task }: Choice, weight: number, now: number): void {
    const lane = this.#lane(run);
    if (lane.waiting.has(task) || lane.running.has(task)) return;
    this.#enter(lane, task, { since: now, rank: now - weight * AGE_MS, seq: this.#seqs++, back: false });
  }

  /** A task is no longer ready. */
  remove({ run, task }: Choice): void {
    const { waiting, needsOf } = this.#lane(run);
    const entry = waiting.get(task);
    if (entry === undefined) return;
    entry.gone = true;
    waiting.delete(task);
    if (this.#reserved.drop(entry, needsOf(task))) this.#lots.offer(needsOf(task));
  }

  /** A task of this engine runs without having been chosen: another engine started it. */
  adopt({ run, task }: Choice): void {
    const lane = this.#lane(run);
    lane.running.set(task, undefined);
    this.#occupied.take(choiceKey({ run, task }), lane.needsOf(task));
  }

  /** Nothing changes if it is not running. */
  ended(choice: Choice): void {
    const lane = this.#lane(choice.run);
    if (!lane.running.has(choice.task) && !lane.away.has(choice.task)) return;
    const needs = lane.needsOf(choice.task);
    this.#comeFromAway(lane, choice.task);
    this.#reopen(needs);
    this.#vacate(lane, choice.task, needs);
  }

  /** A running task waits for a run that it submitted: it lends that run its keys, and lets everything else go. */
  lend({ run, task }: Choice): void {
    const lane = this.#lane(run);
    this.#comeFromAway(lane, task);
    lane.away.set(task, undefined);
    const place = placeOnly(lane.needsOf(task));
    this.#reopen(place);
    this.#vacate(lane, task, place);
    const who = choiceKey({ run, task });
    for (const id of this.#children) {
      const child = this.#lane(id);
      if (loansOf(child).lenders.has(who)) this.#enterAgain(child);
    }
  }

  /** It waits no longer, and is chosen as soon as there is a place for it: before all that have not started yet. */
  wantBack({ run, task }: Choice, now: number): void {
    const lane = this.#lane(run);
    if (!lane.away.has(task) || lane.away.get(task) !== undefined) return;
    this.#enter(lane, task, { since: now, rank: now, seq: this.#seqs++, back: true });
  }

  /** A task that was chosen could not start after all; it keeps its place. Nobody who needs the same is chosen `until` then. */
  refuse(choice: Choice, obstacle: Obstacle, until: number): void {
    const lane = this.#lane(choice.run);
    const entry = lane.running.get(choice.task);
    const needs = needsOf(lane, choice.task, entry);
    this.#vacate(lane, choice.task, needs);
    if (entry !== undefined) this.#enter(lane, choice.task, entry);
    this.#shut.set(refusedLot(lane, obstacle, needs), until);
  }

  /** At most `free` tasks to start now. They count as running from here on. */
  choose(free: number, now: number): Choice[] {
    for (const lot of this.#shut.due(now)) this.#lots.letOut(lot);
    const chosen: Choice[] = [];
    while (chosen.length < free && !this.#shut.has(SLOTS)) {
      const entry = this.#lots.pop();
      if (entry === undefined) break;
      const { run, task, from } = entry;
      entry.from = undefined;
      const lot = entry.gone ? undefined : this.#start(entry, now);
      if (lot !== undefined) this.#lots.park(entry, lot);
      else if (this.#lanes.get(run)?.running.get(task) === entry) chosen.push({ run, task });
      if (from !== undefined && from !== lot) this.#lots.letOut(from);
    }
    return chosen;
  }

  /** When to choose again even if nothing happens, or `null`. */
  wakeAt(): number | null {
    return this.#shut.next();
  }

  #enter(lane: OpenLane, task: number, place: Pick<Entry, 'since' | 'rank' | 'seq' | 'back'>): void {
    const { since, rank, seq, back } = place;
    const depth = back ? Infinity : loansOf(lane).depth;
    const entry = {
      run: lane.id,
      task,
      since,
      depth,
      rank,
      order: lane.order,
      seq,
      back,
      gone: false,
      from: undefined,
    };
    (back ? lane.away : lane.waiting).set(task, entry);
    this.#lots.enter(entry);
  }

  /** What its tasks may take, and how early they come, has changed: they leave the lots in which they wait. */
  #enterAgain(lane: OpenLane): void {
    for (const [task, entry] of lane.waiting) {
      entry.gone = true;
      this.#reserved.drop(entry, lane.needsOf(task));
      this.#enter(lane, task, entry);
    }
  }

  #comeFromAway({ away }: OpenLane, task: number): void {
    const entry = away.get(task);
    if (entry !== undefined) entry.gone = true;
    away.delete(task);
  }

  /** The lot in which the task has to wait; `undefined` when it has taken what it needs. */
  #start(entry: Entry, now: number): string | undefined {
    const lane = this.#lane(entry.run);
    const needs = needsOf(lane, entry.task, entry);
    const own = this.#ownLot(lane, needs, entry.back);
    const lot = own ?? this.#sharedLot(entry, needs);
    if (lot === undefined) {
      entry.gone = true;
      (entry.back ? lane.away : lane.waiting).delete(entry.task);
      lane.running.set(entry.task, entry);
      this.#occupied.take(choiceKey(entry), needs);
      this.#reserved.drop(entry, needs);
    } else if (own === undefined && now - entry.since >= AGE_MS) this.#reserved.make(entry, needs);
    else if (this.#reserved.drop(entry, needs)) this.#lots.offer(needs);
    return lot;
  }

  /** Waiting for these is no reason to keep others from anything. */
  #ownLot({ id, open, parallelLimit, running }: OpenLane, { pool }: Needs, back: boolean): string | undefined {
    if ((!open && !back) || (parallelLimit !== undefined && running.size >= parallelLimit)) return runLot(id);
    return !back && pool !== undefined && this.#shut.has(rateLot(pool)) ? rateLot(pool) : undefined;
  }

  #sharedLot(entry: Entry, { keys, pool }: Needs): string | undefined {
    const lane = this.#lane(entry.run);
    if (pool !== undefined) {
      const lot = poolLot(pool);
      this.#lots.know(pool.name, lot);
      if (this.#occupied.isFull(pool) || this.#shut.has(lot) || this.#reserved.isKept(sharedPool(pool.name), entry))
        return lot;
    }
    const key = keys.find(
      (one) =>
        this.#occupied.isHeld(one, loansOf(lane).lenders) ||
        this.#shut.has(keyLotOf(lane, one)) ||
        this.#reserved.isKept(keyLot(one), entry),
    );
    return key === undefined ? undefined : this.#lots.knowKey(key, keyLotOf(lane, key));
  }

  /** Others were in the way, but what we let go may be enough. */
  #reopen({ keys, pool }: Needs): void {
    this.#shut.delete(SLOTS);
    for (const key of keys) for (const lot of this.#lots.ofKey(key)) this.#shut.delete(lot);
    if (pool !== undefined) for (const lot of this.#lots.ofPool(pool.name)) this.#shut.delete(lot);
  }

  #vacate(lane: OpenLane, task: number, needs: Needs): void {
    lane.running.delete(task);
    this.#occupied.letGo(choiceKey({ run: lane.id, task }), needs);
    this.#lots.letOut(runLot(lane.id));
    this.#lots.offer(needs);
  }

  #lane(run: string): OpenLane {
    const lane = this.#lanes.get(run);
    if (lane === undefined) throw new Error(`Internal error: run ${run} is not in the queue`);
    return lane;
  }
}
