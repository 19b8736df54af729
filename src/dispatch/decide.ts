import { modeRules } from '../config/mode-rules.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Decision } from '../routing/decision.ts';
import { decideWithoutTargets, route } from '../routing/route.ts';
import type { WorkRequest } from './request.ts';
import type { Services } from './services.ts';

/** Verbs that are not work have nothing to define. */
export type Undecided = Pick<WorkRequest, 'route'> & Partial<Pick<WorkRequest, 'define'>>;

export interface Decided {
  readonly decision: Decision;
  /** Where it had to be known for the decision. */
  readonly workflow: Workflow | undefined;
}

export async function decide(
  { configuration }: Pick<Services, 'configuration'>,
  request: Undecided,
): Promise<Result<Decided, readonly Failure[]>> {
  const rules = modeRules(configuration);
  const parts = { ...request.route, variable: configuration.environment.mode };
  const decision = decideWithoutTargets(parts, rules);
  if (decision !== undefined) return ok({ decision, workflow: undefined });
  const defined = await request.define?.();
  if (defined === undefined) return ok({ decision: route(parts, rules), workflow: undefined });
  if (!defined.ok) return err(defined.error);
  const workflow = defined.value;
  const targets = workflow.operations.reduce((sum, { params }) => sum + targetsOf(params['servers']), 0);
  const dependencies = workflow.operations.some((operation) => operation.dependencies.length > 0);
  return ok({ decision: route({ ...parts, targets, dependencies }, rules), workflow });
}

/** A service that is installed on three servers has three targets. */
const targetsOf = (servers: unknown): number => (Array.isArray(servers) ? Math.max(1, servers.length) : 1);
