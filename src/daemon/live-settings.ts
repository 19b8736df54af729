import { hash } from 'node:crypto';
import { effectiveSettings, pendingRestart, reloaded } from '../api/effective.ts';
import type { Effective, OwnSettings } from '../api/effective.ts';
import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** Stands in `/health`, which tells no values: they may be secrets. */
const UNREADABLE =
  'Its documents cannot be read any more, so what they said before holds; see: provisioning config validate';

/** What the orchestrator reads for itself, as it holds now: some of it may change while it runs. */
export class LiveSettings {
  readonly #readAgain: () => Promise<Result<OwnSettings, Failure>>;
  readonly #listeners: (() => void)[] = [];
  #effective: Effective;
  #trouble: string | null = null;

  constructor(atStart: OwnSettings, readAgain: () => Promise<Result<OwnSettings, Failure>>) {
    this.#effective = effectiveSettings(atStart);
    this.#readAgain = readAgain;
  }

  get effective(): Effective {
    return this.#effective;
  }

  /** Tells clients, without comparing, whether two orchestrators run with the same settings. */
  get hash(): string {
    const sorted = Object.entries(this.#effective).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return hash('sha256', JSON.stringify(sorted)).slice(0, 16);
  }

  get idleTimeoutMs(): number {
    return Number(this.#effective['orchestrator.idle_timeout_seconds']) * 1000;
  }

  get maxConcurrentTasks(): number {
    return Number(this.#effective['executor.max_concurrent_tasks']);
  }

  /** Why what stands in the documents now does not hold, for people. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** `listener` is called when values have changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Resolves with the keys that have another value from now on. What cannot be read changes nothing. */
  async reload(): Promise<Result<readonly string[], Failure>> {
    const read = await this.#readAgain();
    this.#trouble = read.ok ? null : UNREADABLE;
    if (!read.ok) return read;
    const next = reloaded(this.#effective, effectiveSettings(read.value));
    const changed = pendingRestart(next, this.#effective);
    this.#effective = next;
    if (changed.length > 0) for (const listener of this.#listeners) listener();
    return ok(changed);
  }
}
