import type { RunDocument } from '../api/documents.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { endedAlready, isOutcome } from '../domain/run-outcome.ts';
import { attend } from './direct.ts';
import type { WorkOptions } from './request.ts';
import type { Foreground, Services } from './services.ts';

const REASON = 'workflow cancel';

type Told = Pick<WorkOptions, 'silent' | 'colourless'>;

export interface Cancelled {
  readonly run: RunDocument;
  /** It was before. */
  readonly already: boolean;
}

/**
 * Asks a run to end. Whoever executes it does so; where nobody does, it is taken over here and settled before this
 * resolves. A run that is cancelled already is no error.
 */
export async function cancelRun(
  services: Services,
  given: string,
  options: Told,
): Promise<Result<Cancelled, readonly Failure[]>> {
  const run = await (await services.reads()).run(given);
  if (!run.ok) return err([run.error]);
  const { workflow_id: id, status } = run.value;
  if (status === 'cancelled') return ok({ run: run.value, already: true });
  if (isOutcome(status)) return err([endedAlready(id, status)]);
  const after = await askToEnd(services, run.value, options);
  return after.ok ? ok({ run: after.value, already: false }) : after;
}

async function askToEnd(
  services: Services,
  { workflow_id: id, attended, mode }: RunDocument,
  options: Told,
): Promise<Result<RunDocument, readonly Failure[]>> {
  const problems = attended && mode === 'orchestrated' ? await askOrchestrator(services, id) : 'nobody';
  if (problems === 'nobody') return here(services, id, options);
  if (problems.length > 0) return err(problems);
  const after = await (await services.reads()).run(id);
  return after.ok ? ok(after.value) : err([after.error]);
}

/** `nobody`: it has gone since the run was read. */
async function askOrchestrator(services: Services, id: string): Promise<'nobody' | readonly Failure[]> {
  const client = await services.client();
  if (!client.ok) return [client.error];
  const answer = await client.value.steer(id, { verb: 'cancel', body: { reason: REASON } }, false);
  if (answer.ok) return [];
  return answer.error.proof === 'not_accepted' && client.value.kind === 'local' ? 'nobody' : [answer.error];
}

/** Takes the run over if its owner is dead; otherwise leaves the owner, a direct command, a note in the store. */
async function here(services: Services, id: string, options: Told): Promise<Result<RunDocument, readonly Failure[]>> {
  const opened = await services.foreground();
  if (!opened.ok) return err([opened.error]);
  try {
    return await settle(services, opened.value, id, options);
  } finally {
    await opened.value.close();
  }
}

async function settle(
  services: Services,
  foreground: Foreground,
  id: string,
  options: Told,
): Promise<Result<RunDocument, readonly Failure[]>> {
  const isOurs = foreground.engine.recoverRun(id);
  const asked = foreground.engine.cancel(id, REASON);
  if (!asked.ok) return err([asked.error]);
  if (isOurs) {
    const attended = await attend(services, foreground, id, options);
    return attended.ok && attended.value.kind === 'finished' ? ok(attended.value.run) : unsettled(attended);
  }
  const run = await (await services.reads()).run(id);
  return run.ok ? ok(run.value) : err([run.error]);
}

const unsettled = (attended: Awaited<ReturnType<typeof attend>>): Result<RunDocument, readonly Failure[]> =>
  attended.ok ? err([failure('internal', 'a run of this process did not settle')]) : attended;
