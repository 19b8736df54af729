import type { CallFailure } from '../client/call-failure.ts';
import type { Client } from '../client/client.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Submission } from '../domain/submission.ts';
import { fallbackText, notice } from '../presentation/notice.ts';
import { executeDirectly } from './direct.ts';
import type { Work } from './direct.ts';
import type { Dispatched } from './dispatched.ts';
import type { WorkOptions } from './request.ts';
import type { Services } from './services.ts';
import { watch } from './watch.ts';

export interface HandOver extends WorkOptions {
  readonly mayFallBack: boolean;
}

type Outcome = Promise<Result<Dispatched, readonly Failure[]>>;

/** Gives a run to the orchestrator, which is started if need be, and watches it where that is wanted. */
export async function handOver(services: Services, work: Work, options: HandOver): Outcome {
  const { submission, handed } = work;
  const client = await services.client();
  if (!client.ok) return err([client.error]);
  const accepted = await unlessInterrupted(
    services,
    client.value.submit(envelopeOf(work, client.value), submission.key),
  );
  if (accepted === undefined) return err([unanswered()]);
  if (accepted.ok) {
    const { workflow_id } = accepted.value;
    return options.wait
      ? watch(services, { ...options, id: workflow_id, handed })
      : ok({ kind: 'accepted', workflow_id });
  }
  if (!options.mayFallBack || client.value.kind === 'remote' || !isProvablyFree(accepted.error))
    return err([accepted.error, ...accepted.error.others]);
  const why = fallbackText(accepted.error.message);
  services.terminal.note(notice(why));
  return executeDirectly(services, { submission: { ...submission, mode: 'direct', fallback: why }, handed }, options);
}

/** `undefined`: Ctrl-C came before the answer did. */
async function unlessInterrupted<T>({ terminal }: Services, answer: Promise<T>): Promise<T | undefined> {
  const { promise: interrupted, resolve } = Promise.withResolvers<undefined>();
  const stopListening = terminal.onInterrupt(() => {
    resolve(undefined);
  });
  try {
    return await Promise.race([answer, interrupted]);
  } finally {
    stopListening();
  }
}

const unanswered = (): Failure =>
  failure('interrupted', 'interrupted before the orchestrator had answered: it may have the work', {
    hint: 'See: provisioning workflow list. End it: provisioning workflow cancel ID.',
  });

/** Nobody has the work: it may be done here without being done twice. An orchestrator that said "later" has answered. */
const isProvablyFree = ({ proof, code }: CallFailure): boolean => proof === 'not_accepted' && code === 'unavailable';

/** A path of this machine means nothing to another one. */
function envelopeOf({ submission, handed }: Work, { kind }: Client) {
  const { workflow, workspace, environment, settings, source, parent } = submission;
  const credentials = handed === undefined ? {} : { credentials: { ...handed } };
  const local = kind === 'local' ? { workspace, ...(source === undefined ? {} : { source: { ...source } }) } : {};
  return {
    workflow: { ...workflow },
    ...local,
    ...credentials,
    ...(parent === undefined ? {} : { parent }),
    environment: { ...environment },
    settings: wireSettings(settings),
  };
}

const wireSettings = ({ task_timeout_seconds, env_vars, pools }: Submission['settings']) => ({
  task_timeout_seconds,
  env_vars: { ...env_vars },
  pools: { ...pools },
});
