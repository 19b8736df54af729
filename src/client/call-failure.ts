import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';

/**
 * What a caller may conclude. `not_accepted`: no byte of the request left. `unclear`: it may have been accepted; ask
 * again with the same key, never execute it elsewhere. `answered`: the orchestrator itself said no.
 */
export type Proof = 'not_accepted' | 'unclear' | 'answered';

/** `denied`: the system forbids the connection. `broken`: it ended without an answer. `silent`: none came in time. */
export type Reason = 'absent' | 'denied' | 'broken' | 'silent' | 'answered';

export interface CallFailure extends Failure {
  readonly proof: Proof;
  readonly reason: Reason;
  /** The further failures of an answer that has several, such as an invalid definition. */
  readonly others: readonly Failure[];
  /** It was tried again and again, and would end so the next time, too. */
  readonly isFinal?: boolean | undefined;
}

const PROOF: Readonly<Record<Reason, Proof>> = {
  absent: 'not_accepted',
  denied: 'not_accepted',
  broken: 'unclear',
  silent: 'unclear',
  answered: 'answered',
};

export const callFailure = (reason: Reason, first: Failure, others: readonly Failure[] = []): CallFailure => ({
  ...first,
  reason,
  proof: PROOF[reason],
  others,
});

export const unavailable = (
  reason: Reason,
  message: string,
  extra: Omit<Failure, 'code' | 'message'> = {},
): CallFailure => callFailure(reason, failure('unavailable', message, extra));
