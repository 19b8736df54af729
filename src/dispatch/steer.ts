import type { RunDocument } from '../api/documents.ts';
import type { RollbackDocument, Steered } from '../api/responses.ts';
import type { RollbackBody } from '../api/requests.ts';
import { steeredDocument } from '../api/steered.ts';
import type { Steering } from '../client/client.ts';
import type { JsonRecord } from '../domain/json.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Engine } from '../engine/engine.ts';
import type { Services } from './services.ts';

type Outcome<T> = Promise<Result<T, readonly Failure[]>>;

/**
 * Asks something of a run. That it is taken up again, where nobody attended to it, is something done, whatever it was
 * before. What makes tasks run starts the orchestrator (`start`); the rest is recorded here where none
 * runs, and starts nothing.
 */
export async function steerRun(services: Services, given: string, how: Steering, start: boolean): Outcome<Steered> {
  const run = await (await services.reads()).run(given);
  if (!run.ok) return err([run.error]);
  const refused = vainRetry(run.value, how);
  if (refused !== undefined) return err([refused]);
  const client = await services.client();
  if (!client.ok) return err([client.error]);
  const { workflow_id: id } = run.value;
  const answer = await client.value.steer(id, how, start);
  if (answer.ok) return run.value.attended ? answer : ok(steeredDocument(id, { ...answer.value, already: false }));
  const nobody = !start && client.value.kind === 'local' && answer.error.proof === 'not_accepted';
  return nobody ? here(services, id, how) : err([answer.error]);
}

/**
 * The engine takes a retry of a run that goes on for one that was asked twice, and is content. A person who names a task
 * means something else.
 */
function vainRetry({ workflow_id: id, status }: RunDocument, how: Steering): Failure | undefined {
  if (how.verb !== 'retry' || how.body.from === undefined || (status !== 'running' && status !== 'queued'))
    return undefined;
  return failure('conflict', `run ${id} has not ended: it is ${status}, and no task of it is done again`, {
    hint: `Wait for it: provisioning workflow monitor ${id}. Or end it: provisioning workflow cancel ${id}.`,
  });
}

export async function rollbackRun(services: Services, given: string, body: RollbackBody): Outcome<RollbackDocument> {
  const run = await (await services.reads()).run(given);
  if (!run.ok) return err([run.error]);
  const client = await services.client();
  if (!client.ok) return err([client.error]);
  const answer = await client.value.rollback(run.value.workflow_id, body);
  return answer.ok ? answer : err([answer.error]);
}

async function here(services: Services, id: string, how: Steering): Outcome<Steered> {
  const opened = await services.foreground({ passive: true });
  if (!opened.ok) return err([opened.error]);
  try {
    const made = ask(opened.value.engine, id, how);
    return made.ok ? ok(steeredDocument(id, made.value)) : err([made.error]);
  } finally {
    await opened.value.close();
  }
}

function ask(engine: Engine, id: string, how: Steering): ReturnType<Engine['pause']> {
  switch (how.verb) {
    case 'cancel':
      return engine.cancel(id, how.body.reason ?? 'workflow cancel');
    case 'pause':
      return engine.pause(id, how.body.reason ?? 'workflow pause');
    case 'resume':
      return engine.resume(id, how.body.credentials);
    case 'retry':
      return engine.retry(id, { from: how.body.from, onlyFailed: how.body.only_failed });
    default: {
      const { as, message = null, result = {} } = how.body;
      return engine.resolve(id, { task: how.task, as, message, result: result as JsonRecord });
    }
  }
}
