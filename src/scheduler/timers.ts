import { Heap } from './heap.ts';

/** Something that has its time: the retry of a task, the deadline of its attempt, or one of its run. */
export interface Timer {
  readonly kind: 'retry' | 'deadline' | 'run';
  readonly run: string;
  /** -1 for a run's. */
  readonly task: number;
  /** Of the task's priority. */
  readonly weight: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const ROOM = 1024;

/**
 * The times to come, earliest first. A timer is never taken back: `isCurrent` says whether it still means anything.
 * That keeps setting one at O(log n); what has lost its meaning is swept out when it makes up half of the whole.
 */
export class Timers {
  readonly #heap = new Heap<Timer>((a, b) => a.at < b.at);
  readonly #isCurrent: (timer: Timer) => boolean;
  #sweepAt = ROOM;

  constructor(isCurrent: (timer: Timer) => boolean) {
    this.#isCurrent = isCurrent;
  }

  /** Of all that are kept, meaningful or not. */
  get size(): number {
    return this.#heap.size;
  }

  set(timer: Timer): void {
    this.#heap.push(timer);
    if (this.#heap.size < this.#sweepAt) return;
    this.#heap.filter(this.#isCurrent);
    this.#sweepAt = Math.max(ROOM, 2 * this.#heap.size);
  }

  /** Those whose time has come; each is given once. */
  take(now: number): Timer[] {
    const due: Timer[] = [];
    for (let next = this.next(); next !== null && next <= now; next = this.next()) {
      const timer = this.#heap.pop();
      if (timer !== undefined) due.push(timer);
    }
    return due;
  }

  /** When the next one is due, or `null`. */
  next(): number | null {
    for (let timer = this.#heap.peek(); timer !== undefined; timer = this.#heap.peek()) {
      if (this.#isCurrent(timer)) return timer.at;
      this.#heap.pop();
    }
    return null;
  }
}
