import type { RunDocument } from '../api/documents.ts';
import { isOutcome } from '../domain/run-outcome.ts';

/** What became of a piece of work, as far as this command saw it. */
export type Dispatched =
  /** It has ended. */
  | { readonly kind: 'finished'; readonly run: RunDocument }
  /** The orchestrator has it, durably. */
  | { readonly kind: 'accepted'; readonly workflow_id: string }
  /** The orchestrator has it, and nobody watches any more. */
  | { readonly kind: 'detached'; readonly workflow_id: string };

/** The run that is about to take this one back: what was waited for is not over before that is. */
export const undoingOf = ({ rolled_back_by: by, rollback }: RunDocument): string | undefined =>
  rollback === undefined || isOutcome(rollback.status) ? undefined : by;
