import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/task-routes.ts';
import { failure } from '../../domain/failure.ts';
import type { Json } from '../../domain/json.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

const NO_NEWS = new Set(['running', 'in_progress']);

export const reportProgress =
  ({ engine }: Service): RouteHandler<typeof routes.reportProgress, HttpEnv> =>
  (c) => {
    const { id } = c.req.valid('param');
    const { progress = null, status = null } = c.req.valid('json');
    const message = status !== null && NO_NEWS.has(status) ? null : status;
    const noted = engine.progress(id, { progress, message });
    return noted.ok ? c.json({ task_id: id, status: 'running' as const }, 200) : problem(c, noted.error);
  };

export const saveCheckpoint =
  ({ engine }: Service): RouteHandler<typeof routes.saveCheckpoint, HttpEnv> =>
  async (c) => {
    const { id } = c.req.valid('param');
    const saved = await engine.checkpoint(id, c.req.valid('json').checkpoint as Json);
    return saved.ok ? c.json({ task_id: id, status: 'running' as const }, 200) : problem(c, saved.error);
  };

/** One that leaves does not end the wait: whoever waits asks the next one. */
export const waitForChild =
  ({ engine, reads, life }: Service): RouteHandler<typeof routes.waitForChild, HttpEnv> =>
  async (c) => {
    const { id } = c.req.valid('param');
    const { workflow_id: child } = c.req.valid('json');
    const leaving = Promise.withResolvers<'leaving'>();
    const leave = (): void => {
      leaving.resolve('leaving');
    };
    life.draining.addEventListener('abort', leave, { once: true });
    const waited = await Promise.race([engine.wait(id, child, c.req.raw.signal), leaving.promise]);
    life.draining.removeEventListener('abort', leave);
    if (waited === 'leaving')
      return problem(c, failure('try_later', 'the orchestrator is leaving', { hint: 'Ask the next one.' }));
    if (!waited.ok) return problem(c, waited.error);
    const run = await reads.run(child);
    if (!run.ok) return problem(c, run.error);
    return c.json({ task_id: id, workflow_id: child, status: run.value.status }, 200);
  };
