import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const reloadOrchestrator =
  ({ settings, log, condition, engine }: Service): RouteHandler<typeof routes.reloadOrchestrator, HttpEnv> =>
  async (c) => {
    condition.look();
    // What it may start now, it starts now.
    engine.recover();
    const changed = await settings.reload();
    if (!changed.ok) return problem(c, changed.error);
    if (changed.value.length > 0) log.write('reloaded', { keys: changed.value });
    return c.json({ reloaded: [...changed.value] }, 200);
  };
