import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const listWorkflows =
  ({ reads }: Service): RouteHandler<typeof routes.listWorkflows, HttpEnv> =>
  async (c) => {
    const runs = await reads.runs();
    return runs.ok ? c.json([...runs.value], 200) : problem(c, runs.error);
  };

export const showWorkflow =
  ({ reads }: Service): RouteHandler<typeof routes.showWorkflow, HttpEnv> =>
  async (c) => {
    const run = await reads.run(c.req.valid('param').id);
    return run.ok ? c.json(run.value, 200) : problem(c, run.error);
  };

export const cancelWorkflow =
  ({ reads, engine, log }: Service): RouteHandler<typeof routes.cancelWorkflow, HttpEnv> =>
  async (c) => {
    const run = await reads.run(c.req.valid('param').id);
    if (!run.ok) return problem(c, run.error);
    const { workflow_id } = run.value;
    const cancelling = engine.cancel(workflow_id, c.req.valid('json').reason ?? 'cancelled by request');
    if (!cancelling.ok) return problem(c, cancelling.error);
    log.write('cancelling', { workflow_id });
    return c.json({ workflow_id, status: cancelling.value.status }, 202);
  };
