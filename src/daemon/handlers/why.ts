import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

export const whyWorkflow =
  ({ reads }: Service): RouteHandler<typeof routes.whyWorkflow, HttpEnv> =>
  async (c) => {
    const answer = await reads.why(c.req.valid('param').id, c.req.valid('query').task);
    return answer.ok ? c.json(answer.value, 200) : problem(c, answer.error);
  };
