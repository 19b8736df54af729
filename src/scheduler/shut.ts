/** Lots in which nobody is let out before a time: others are in the way, and nobody tells us when they are gone. */
export class Shut {
  readonly #until = new Map<string, number>();

  has(lot: string): boolean {
    return this.#until.has(lot);
  }

  set(lot: string, until: number): void {
    this.#until.set(lot, until);
  }

  delete(lot: string): void {
    this.#until.delete(lot);
  }

  /** Those whose time has come; they are shut no more. */
  due(now: number): string[] {
    const due = [...this.#until].flatMap(([lot, until]) => (until <= now ? [lot] : []));
    for (const lot of due) this.#until.delete(lot);
    return due;
  }

  /** When the next one opens, or `null`. */
  next(): number | null {
    let at: number | null = null;
    for (const until of this.#until.values()) at = at === null ? until : Math.min(at, until);
    return at;
  }
}
