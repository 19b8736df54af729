import { isBefore, Lots } from './lots.ts';
import type { Entry } from './lots.ts';
import { Heap } from './heap.ts';
import { choiceKey, keyLot, poolLot, rateLot, runLot, shared, sharedPool, SLOTS } from './needs.ts';
import type { Choice, Needs, Obstacle } from './needs.ts';
import { Occupancy } from './occupancy.ts';

/**
 * Ageing: a priority is worth this much waiting. A task of the next higher one goes first unless the lower one has
 * waited this much longer, so nothing waits for ever, and the order of two tasks never changes while they wait.
 */
export const AGE_MS = 60_000;

/** What the queue has to know of a run. */
export interface Lane {
  readonly id: string;
  readonly parallelLimit: number | undefined;
  readonly needsOf: (task: number) => Needs;
}

interface OpenLane extends Lane {
  /** Runs that came first go first. */
  readonly order: number;
  open: boolean;
  readonly waiting: Map<number, Entry>;
  readonly running: Map<number, Entry | undefined>;
}

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
  readonly #ready = new Heap<Entry>(isBefore);
  readonly #lots = new Lots();
  readonly #occupied = new Occupancy();
  readonly #reserved = new Map<string, Entry>();
  /** Lots in which nobody is let out before a time: others are in the way, and nobody tells us when they are gone. */
  readonly #shut = new Map<string, number>();
  #orders = 0;
  #seqs = 0;

  /** Running tasks of this engine. */
  get running(): number {
    return this.#occupied.running;
  }

  open(lane: Lane): void {
    if (this.#lanes.has(lane.id)) return;
    this.#lanes.set(lane.id, { ...lane, order: this.#orders++, open: true, waiting: new Map(), running: new Map() });
  }

  /** Forgets a run. */
  close(run: string): void {
    const lane = this.#lanes.get(run);
    if (lane === undefined) return;
    for (const task of lane.waiting.keys()) this.remove({ run, task });
    for (const task of lane.running.keys()) this.ended({ run, task });
    this.#lanes.delete(run);
  }

  /** Whether tasks of the run may start. */
  admit(run: string, open: boolean): void {
    const lane = this.#lane(run);
    if (!lane.open && open) this.#letOut(runLot(run));
    lane.open = open;
  }

  /** A task is ready. Nothing changes if it is known already. */
  add({ run, task }: Choice, weight: number, now: number): void {
    const lane = this.#lane(run);
    if (lane.waiting.has(task) || lane.running.has(task)) return;
    this.#enter(lane, task, { since: now, rank: now - weight * AGE_MS, seq: this.#seqs++ });
  }

  /** A task is no longer ready. */
  remove({ run, task }: Choice): void {
    const { waiting, needsOf } = this.#lane(run);
    const entry = waiting.get(task);
    if (entry === undefined) return;
    entry.gone = true;
    waiting.delete(task);
    if (this.#dropReservations(entry, needsOf(task))) this.#offer(needsOf(task));
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
    if (!lane.running.has(choice.task)) return;
    const needs = lane.needsOf(choice.task);
    this.#shut.delete(SLOTS);
    for (const key of needs.keys) this.#shut.delete(keyLot(key));
    if (needs.pool !== undefined) for (const lot of this.#lots.ofPool(needs.pool.name)) this.#shut.delete(lot);
    this.#vacate(lane, choice.task, needs);
  }

  /** A task that was chosen could not start after all; it keeps its place. Nobody who needs the same is chosen `until` then. */
  refuse(choice: Choice, obstacle: Obstacle, until: number): void {
    const lane = this.#lane(choice.run);
    const entry = lane.running.get(choice.task);
    const needs = lane.needsOf(choice.task);
    this.#vacate(lane, choice.task, needs);
    if (entry !== undefined) this.#enter(lane, choice.task, entry);
    this.#shut.set(lotOf(obstacle, needs), until);
  }

  /** At most `free` tasks to start now. They count as running from here on. */
  choose(free: number, now: number): Choice[] {
    for (const [lot, until] of this.#shut) if (until <= now && this.#shut.delete(lot)) this.#letOut(lot);
    const chosen: Choice[] = [];
    while (chosen.length < free && !this.#shut.has(SLOTS)) {
      const entry = this.#ready.pop();
      if (entry === undefined) break;
      const { run, task, from } = entry;
      entry.from = undefined;
      const lot = entry.gone ? undefined : this.#start(entry, now);
      if (lot !== undefined) this.#lots.park(entry, lot);
      else if (this.#lanes.get(run)?.running.get(task) === entry) chosen.push({ run, task });
      if (from !== undefined && from !== lot) this.#letOut(from);
    }
    return chosen;
  }

  /** When to choose again even if nothing happens, or `null`. */
  wakeAt(): number | null {
    let at: number | null = null;
    for (const until of this.#shut.values()) at = at === null ? until : Math.min(at, until);
    return at;
  }

  #enter(lane: OpenLane, task: number, place: Pick<Entry, 'since' | 'rank' | 'seq'>): void {
    const { since, rank, seq } = place;
    const entry = { run: lane.id, task, since, rank, order: lane.order, seq, gone: false, from: undefined };
    lane.waiting.set(task, entry);
    this.#ready.push(entry);
  }

  /** The lot in which the task has to wait; `undefined` when it has taken what it needs. */
  #start(entry: Entry, now: number): string | undefined {
    const lane = this.#lane(entry.run);
    const needs = lane.needsOf(entry.task);
    const own = this.#ownLot(lane, needs);
    const lot = own ?? this.#sharedLot(entry, needs);
    if (lot === undefined) {
      entry.gone = true;
      lane.waiting.delete(entry.task);
      lane.running.set(entry.task, entry);
      this.#occupied.take(choiceKey(entry), needs);
      this.#dropReservations(entry, needs);
    } else if (own === undefined && now - entry.since >= AGE_MS) this.#reserve(entry, needs);
    else if (this.#dropReservations(entry, needs)) this.#offer(needs);
    return lot;
  }

  /** Waiting for these is no reason to keep others from anything. */
  #ownLot({ id, open, parallelLimit, running }: OpenLane, { pool }: Needs): string | undefined {
    if (!open || (parallelLimit !== undefined && running.size >= parallelLimit)) return runLot(id);
    return pool !== undefined && this.#shut.has(rateLot(pool)) ? rateLot(pool) : undefined;
  }

  #sharedLot(entry: Entry, { keys, pool }: Needs): string | undefined {
    if (pool !== undefined) {
      const lot = poolLot(pool);
      this.#lots.know(pool.name, lot);
      if (this.#occupied.isFull(pool) || this.#shut.has(lot) || this.#isKept(sharedPool(pool.name), entry)) return lot;
    }
    const key = keys.find(
      (one) => this.#occupied.isHeld(one) || this.#shut.has(keyLot(one)) || this.#isKept(keyLot(one), entry),
    );
    return key === undefined ? undefined : keyLot(key);
  }

  /** Only those before it can keep a thing from a task: so reservations never wait for each other in a circle. */
  #isKept(thing: string, entry: Entry): boolean {
    const holder = this.#reserved.get(thing);
    return holder !== undefined && holder !== entry && isBefore(holder, entry);
  }

  #reserve(entry: Entry, needs: Needs): void {
    for (const thing of shared(needs)) if (!this.#isKept(thing, entry)) this.#reserved.set(thing, entry);
  }

  #dropReservations(entry: Entry, needs: Needs): boolean {
    let dropped = false;
    for (const thing of shared(needs))
      if (this.#reserved.get(thing) === entry) dropped = this.#reserved.delete(thing) || dropped;
    return dropped;
  }

  #vacate(lane: OpenLane, task: number, needs: Needs): void {
    lane.running.delete(task);
    this.#occupied.letGo(choiceKey({ run: lane.id, task }), needs);
    this.#letOut(runLot(lane.id));
    this.#offer(needs);
  }

  #offer({ keys, pool }: Needs): void {
    for (const key of keys) this.#letOut(keyLot(key));
    if (pool === undefined) return;
    for (const lot of this.#lots.ofPool(pool.name)) this.#letOut(lot);
  }

  #letOut(lot: string): void {
    const entry = this.#lots.next(lot);
    if (entry === undefined) return;
    entry.from = lot;
    this.#ready.push(entry);
  }

  #lane(run: string): OpenLane {
    const lane = this.#lanes.get(run);
    if (lane === undefined) throw new Error(`Internal error: run ${run} is not in the queue`);
    return lane;
  }
}

function lotOf(obstacle: Obstacle, { pool }: Needs): string {
  if (obstacle.kind === 'key') return keyLot(obstacle.key);
  if (obstacle.kind === 'slots' || pool === undefined) return SLOTS;
  return obstacle.kind === 'pool' ? poolLot(pool) : rateLot(pool);
}
