import type { RunDocument } from '../src/api/documents.ts';
import { steeredDocument } from '../src/api/steered.ts';
import type { Cancelled } from '../src/dispatch/cancel.ts';
import type { Dispatched } from '../src/dispatch/dispatched.ts';
import { exitCodeOf } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { ok } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import { exitOfRun } from '../src/presentation/exit.ts';
import { acceptedText, steeredText } from '../src/presentation/notice.ts';
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
export function cancelAnswer(cancelled: Result<Cancelled, readonly Failure[]>): Outcome {
  if (!cancelled.ok) return cancelled;
  const { run, already } = cancelled.value;
  const { workflow_id } = run;
  const status = run.status === 'cancelled' ? run.status : 'cancelling';
  const document = steeredDocument(workflow_id, { status, already });
  return ok({ json: () => document, text: () => steeredText(document), quiet: () => `${workflow_id}\n` });
}
