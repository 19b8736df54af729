import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { JsonRecord } from '../../domain/json.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';
import { readAgain, steer } from './steer.ts';

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
  (service: Service): RouteHandler<typeof routes.cancelWorkflow, HttpEnv> =>
  async (c) => {
    const reason = c.req.valid('json').reason ?? 'cancelled by request';
    const steered = await steer(service, c.req.valid('param').id, (id) => service.engine.cancel(id, reason));
    return steered.ok ? c.json(steered.value, 202) : problem(c, steered.error);
  };

export const pauseWorkflow =
  (service: Service): RouteHandler<typeof routes.pauseWorkflow, HttpEnv> =>
  async (c) => {
    const reason = c.req.valid('json').reason ?? 'paused by request';
    const steered = await steer(service, c.req.valid('param').id, (id) => service.engine.pause(id, reason));
    return steered.ok ? c.json(steered.value, 202) : problem(c, steered.error);
  };

export const resumeWorkflow =
  (service: Service): RouteHandler<typeof routes.resumeWorkflow, HttpEnv> =>
  async (c) => {
    const { credentials } = c.req.valid('json');
    const steered = await steer(service, c.req.valid('param').id, (id) => service.engine.resume(id, credentials));
    return steered.ok ? c.json(steered.value, 202) : problem(c, steered.error);
  };

export const retryWorkflow =
  (service: Service): RouteHandler<typeof routes.retryWorkflow, HttpEnv> =>
  async (c) => {
    const { from, only_failed: onlyFailed, accept_changes: acceptChanges, ...now } = c.req.valid('json');
    const { id: said } = c.req.valid('param');
    const changed = await readAgain(service, said, now);
    if (!changed.ok) return problem(c, changed.error);
    const wish = { from, onlyFailed, changed: changed.value, pools: now.pools, acceptChanges };
    const steered = await steer(service, said, (id) => service.engine.retry(id, wish));
    return steered.ok ? c.json(steered.value, 202) : problem(c, steered.error);
  };

export const resolveTask =
  (service: Service): RouteHandler<typeof routes.resolveTask, HttpEnv> =>
  async (c) => {
    const { id: run, task } = c.req.valid('param');
    const { as, message = null, result = {} } = c.req.valid('json');
    const answer = { task, as, message, result: result as JsonRecord };
    const steered = await steer(service, run, (id) => service.engine.resolve(id, answer));
    return steered.ok ? c.json(steered.value, 202) : problem(c, steered.error);
  };
