import type { Pause } from './pause.ts';
import type { Failure } from './failure.ts';
import type { JsonRecord } from './json.ts';
import type { ResourceChange } from './resource.ts';

/** Milliseconds since 1970. Only where nobody attended: else it ended when its engine says so. */
type EndedAt = number | undefined;

/** How one attempt ended, as far as its engine can know. `resources`: what is so in any case. */
export type AttemptOutcome =
  | {
      readonly kind: 'completed';
      readonly message: string | null;
      readonly result: JsonRecord;
      readonly resources: readonly ResourceChange[];
      readonly endedAt?: EndedAt;
    }
  | ({
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly exitCode: number | undefined;
      readonly endedAt?: EndedAt;
    } & Recorded)
  /** We killed it, and its whole process tree is gone. */
  | ({ readonly kind: 'cancelled' } & Recorded)
  /**
   * Its process never began: nothing happened, the same attempt may be tried again; with `pause`, when a person says so, with
   * `later`, after a while, for nothing could begin now.
   */
  | {
      readonly kind: 'revoked';
      readonly reason: string;
      readonly pause?: Pick<Pause, 'wants'> | undefined;
      readonly later?: boolean | undefined;
    }
  /** It began and left no trace of its end, but may be done again: it is idempotent, or a probe found nothing done. */
  | ({ readonly kind: 'redo'; readonly failure: Failure } & Recorded)
  /** It began, and nobody can say how it ended. */
  | ({ readonly kind: 'lost'; readonly failure: Failure } & Recorded);

/** What it has put on record while it worked. */
interface Recorded {
  readonly resources?: readonly ResourceChange[];
}
