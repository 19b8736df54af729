import type { RunDocument } from '../src/api/documents.ts';
import type { Dispatched } from '../src/dispatch/dispatched.ts';
import { exitCodeOf } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { ok } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import { exitOfRun } from '../src/presentation/exit.ts';
import { acceptedText, cancelledText } from '../src/presentation/notice.ts';
import { runText } from '../src/presentation/run.ts';
import type { Answer, Outcome } from './answer.ts';

/** What a command that made a run has to say in the end. */
export function dispatchedAnswer(dispatched: Result<Dispatched, readonly Failure[]>): Outcome {
  if (!dispatched.ok) return dispatched;
  if (dispatched.value.kind === 'finished')
    return ok({ ...runAnswer(dispatched.value.run), exit: exitOfRun(dispatched.value.run) });
  const { kind, workflow_id } = dispatched.value;
  const isWatched = kind === 'detached';
  return ok({
    exit: isWatched ? exitCodeOf('interrupted') : 0,
    json: () => ({ workflow_id, status: isWatched ? 'running' : 'queued' }),
    text: () => (isWatched ? '' : acceptedText(workflow_id)),
    quiet: () => `${workflow_id}\n`,
  });
}

export const runAnswer = (run: RunDocument): Answer => ({
  json: () => run,
  text: (style) => runText(run, style),
  quiet: () => `${run.workflow_id}\n`,
});

/** A run that was asked to end: it may still be at it. */
export function cancelAnswer(cancelled: Result<RunDocument, readonly Failure[]>): Outcome {
  if (!cancelled.ok) return cancelled;
  const { workflow_id, status } = cancelled.value;
  const hasEnded = status === 'cancelled';
  return ok({
    json: () => ({ workflow_id, status: hasEnded ? status : 'cancelling' }),
    text: () => cancelledText(workflow_id, hasEnded),
    quiet: () => `${workflow_id}\n`,
  });
}
