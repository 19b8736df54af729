import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import type { Service } from '../service.ts';

/** Answers everybody who asked, or asks again meanwhile, when it has left. */
export const stopOrchestrator =
  (service: Service): RouteHandler<typeof routes.stopOrchestrator, HttpEnv> =>
  async (c) => {
    // The whole body may be missing, and its defaults with it.
    const now = c.req.valid('json').now === true;
    service.log.write('stop', { now });
    service.life.refuse();
    if (now) await service.cancelAll('the orchestrator was stopped with --now');
    service.life.leave('asked');
    await service.life.gone;
    return c.json({ status: 'stopped' as const }, 200);
  };
