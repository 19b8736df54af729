import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const workflowDefinition =
  ({ reads }: Service): RouteHandler<typeof routes.workflowDefinition, HttpEnv> =>
  async (c) => {
    const found = await reads.definition(c.req.valid('param').id);
    // Hono's types know no fields that are undefined, which JSON leaves out.
    return found.ok ? (c.json(found.value as never, 200) as never) : problem(c, found.error);
  };
