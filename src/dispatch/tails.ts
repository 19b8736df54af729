import { isProgress } from '../domain/progress-line.ts';
import type { Changes } from '../ports/changes.ts';
import type { Reads } from '../ports/reads.ts';

/** Watches cost a descriptor each, and nobody reads more lines at once. */
const MAX_TASKS = 40;
/** Of the end of what a task has printed before it is watched. */
const WINDOW_BYTES = 4096;

interface Watched {
  stop: () => void;
  /** `undefined`: nothing was read yet. */
  offset: number | undefined;
  /** A line that has not ended. */
  rest: string;
}

/** The last line of output of each running task. */
export class Tails {
  /** By operation. */
  readonly lines = new Map<string, string>();
  readonly #watched = new Map<string, Watched>();
  readonly #reads: Reads;
  readonly #changes: Changes;
  readonly #onLine: () => void;

  constructor(reads: Reads, changes: Changes, onLine: () => void) {
    this.#reads = reads;
    this.#changes = changes;
    this.#onLine = onLine;
  }

  watch(id: string, taskId: string): void {
    if (this.#watched.has(id) || this.#watched.size >= MAX_TASKS) return;
    const one: Watched = { stop: () => undefined, offset: undefined, rest: '' };
    let turn = Promise.resolve();
    const look = (): void => {
      turn = turn.then(() => this.#look(id, taskId, one));
    };
    one.stop = this.#changes.output(taskId, look);
    this.#watched.set(id, one);
    look();
  }

  /** What it prints in its next attempt is another matter. */
  leave(id: string): void {
    this.#watched.get(id)?.stop();
    this.#watched.delete(id);
    this.lines.delete(id);
  }

  end(): void {
    for (const id of this.#watched.keys()) this.leave(id);
  }

  async #look(id: string, taskId: string, one: Watched): Promise<void> {
    for (;;) {
      if (this.#watched.get(id) !== one) return;
      const piece = await this.#reads.output(taskId, one.offset ?? 0);
      if (!piece.ok || (piece.value.next <= (one.offset ?? 0) && one.offset !== undefined)) return;
      const { total, next, text } = piece.value;
      const isFar = total - next > WINDOW_BYTES;
      one.offset = isFar ? total - WINDOW_BYTES : next;
      if (!isFar) this.#take(id, one, text);
      if (!isFar && next >= total) return;
    }
  }

  #take(id: string, one: Watched, text: string): void {
    const lines = (one.rest + text).split(/\r?\n|\r/);
    one.rest = (lines.at(-1) ?? '').slice(-WINDOW_BYTES);
    const said = lines.map((line) => line.trim()).findLast((line) => line !== '' && !isProgress(line));
    if (said === undefined || this.lines.get(id) === said) return;
    this.lines.set(id, said);
    this.#onLine();
  }
}
