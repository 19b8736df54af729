import type { RouteHandler } from '@hono/zod-openapi';
import { rollbackDocument } from '../../api/rollback.ts';
import type { RetryBody } from '../../api/requests.ts';
import { steeredDocument } from '../../api/steered.ts';
import type { Steered } from '../../api/responses.ts';
import type * as routes from '../../api/routes.ts';
import type { Failure } from '../../domain/failure.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { Workflow } from '../../domain/workflow.ts';
import type { Steered as Made } from '../../engine/engine.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const rollbackWorkflow =
  ({ reads, engine, log }: Service): RouteHandler<typeof routes.rollbackWorkflow, HttpEnv> =>
  async (c) => {
    const run = await reads.run(c.req.valid('param').id);
    if (!run.ok) return problem(c, run.error);
    const { workflow_id: of } = run.value;
    const { plan, consent } = c.req.valid('json');
    const made = engine.rollback(of, { planOnly: plan, consent });
    if (!made.ok) return problem(c, made.error);
    log.write('rollback', { rollback_of: of, workflow_id: made.value.id });
    const taken = await reads.run(of);
    return taken.ok ? c.json(rollbackDocument(taken.value, made.value), 202) : problem(c, taken.error);
  };

/** A run's definition as its file has it now, checked like a new one. `undefined`: nobody says what the file has. */
export async function readAgain(
  { reads, planner, defaults }: Service,
  said: string,
  { workflow, pools }: Pick<RetryBody, 'workflow' | 'pools'>,
): Promise<Result<Workflow | undefined, readonly Failure[]>> {
  if (workflow === undefined) return ok(undefined);
  const [run, stored] = await Promise.all([reads.run(said), reads.definition(said)]);
  if (!run.ok) return err([run.error]);
  if (!stored.ok) return err([stored.error]);
  const own = stored.value.operations.flatMap(({ pool }) => pool ?? []);
  const known = [...own, ...Object.keys(pools ?? defaults.settings.pools)];
  return planner.definition(workflow, run.value.workspace, new Set(known));
}

/** Finds the run that is meant, and has the engine do what is asked of it. */
export async function steer(
  { reads, log }: Service,
  said: string,
  act: (id: string) => Result<Made, Failure>,
): Promise<Result<Steered, Failure>> {
  const run = await reads.run(said);
  if (!run.ok) return run;
  const { workflow_id } = run.value;
  const made = act(workflow_id);
  if (!made.ok) return made;
  log.write('steered', { workflow_id, status: made.value.status });
  return ok(steeredDocument(workflow_id, made.value));
}
