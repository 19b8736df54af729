import type { Failure } from '../domain/failure.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { explainMode } from '../routing/explain.ts';
import type { ModeExplanation } from '../routing/explain.ts';
import { decide } from './decide.ts';
import type { Undecided } from './decide.ts';
import type { Services } from './services.ts';

/** Where the command would be executed, and why. Where a rule or a flag decides, nothing is read. */
export async function explainRequest(
  services: Services,
  request: Undecided,
): Promise<Result<ModeExplanation, readonly Failure[]>> {
  const decided = await decide(services, request);
  return decided.ok ? ok(explainMode(request.route, decided.value.decision)) : decided;
}
