import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import type { Service } from '../service.ts';

/** Touches neither the store nor the idle clock. */
export const health =
  (service: Service): RouteHandler<typeof routes.health, HttpEnv> =>
  (c) =>
    c.json(service.health(), 200);
