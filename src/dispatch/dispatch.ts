import { KEY_PATTERN } from '../api/paths.ts';
import { captureFrom } from '../domain/credential.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { notice } from '../presentation/notice.ts';
import type { Decision } from '../routing/decision.ts';
import { overriding } from '../routing/explain.ts';
import { decide } from './decide.ts';
import { executeDirectly } from './direct.ts';
import type { Dispatched } from './dispatched.ts';
import { handOver } from './orchestrated.ts';
import type { WorkOptions, WorkRequest } from './request.ts';
import type { Services } from './services.ts';
import { submissionOf } from './submission.ts';

/** Decides where the work is done, has it done there, and waits for it where that is the policy. */
export async function dispatch(
  services: Services,
  request: WorkRequest,
): Promise<Result<Dispatched, readonly Failure[]>> {
  const decided = await decide(services, request);
  if (!decided.ok) return decided;
  const { decision } = decided.value;
  const refused = decision.refused ?? contradiction(decision, request.options) ?? badKey(request.options);
  if (refused !== undefined) return err([refused]);
  const overrides = overriding(decision);
  if (overrides !== undefined && !request.options.quiet) services.terminal.note(notice(overrides));
  const defined = decided.value.workflow === undefined ? await request.define() : ok(decided.value.workflow);
  if (!defined.ok) return defined;
  const key = request.options.key ?? (await services.newId());
  const { source } = request;
  const given = { key, workflow: defined.value, mode: decision.mode, fallback: null, source };
  const submission = submissionOf(services.configuration, given);
  const handed = captureFrom(defined.value, services.configuration.environment.variables);
  if (!handed.ok) return err([handed.error]);
  if (decision.mode === 'direct')
    return executeDirectly(services, { submission, handed: handed.value }, request.options);
  return handOver(
    services,
    { submission, handed: handed.value },
    {
      ...request.options,
      wait: waits(decision, request),
      mayFallBack: decision.fallbackAllowed && submission.parent === undefined,
    },
  );
}

/** Refused in every mode, so that a script that gets another mode does not get another answer. */
function badKey({ key }: WorkOptions): Failure | undefined {
  if (key === undefined || KEY_PATTERN.test(key)) return undefined;
  const hint = 'Write 1 to 200 letters, digits or signs of ASCII, without blanks.';
  return failure('usage', `--key ${JSON.stringify(key.slice(0, 80))} cannot be used`, { hint });
}

/** What was routed is waited for; who asked for the orchestrator in so many words gets the id and goes on. */
const waits = ({ decidedBy }: Decision, { route, options }: WorkRequest): boolean =>
  options.wait || (!options.detach && decidedBy !== 'flag' && route.orchestrator !== true);

function contradiction({ mode, because }: Decision, { detach }: WorkOptions): Failure | undefined {
  if (!detach || mode === 'orchestrated') return undefined;
  const hint = 'Add --orchestrated, or leave --detach out.';
  return failure('usage', `--detach needs the orchestrator, but this is done directly: ${because}`, { hint });
}
