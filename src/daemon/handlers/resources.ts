import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const listResources =
  ({ reads, defaults }: Service): RouteHandler<typeof routes.listResources, HttpEnv> =>
  async (c) => {
    const { kind, infra, workspace = defaults.workspace } = c.req.valid('query');
    const resources = await reads.resources({ kind, infra, workspace });
    return resources.ok ? c.json([...resources.value], 200) : problem(c, resources.error);
  };
