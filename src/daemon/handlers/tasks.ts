import type { RouteHandler } from '@hono/zod-openapi';
import type * as routes from '../../api/routes.ts';
import type { Reads } from '../../ports/reads.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import { streamOf } from '../stream.ts';
import type { Service } from '../service.ts';

export const listTasks =
  ({ reads }: Service): RouteHandler<typeof routes.listTasks, HttpEnv> =>
  async (c) => {
    const tasks = await reads.tasks({ status: c.req.valid('query').status });
    return tasks.ok ? c.json([...tasks.value], 200) : problem(c, tasks.error);
  };

export const showTask =
  ({ reads }: Service): RouteHandler<typeof routes.showTask, HttpEnv> =>
  async (c) => {
    const found = await reads.task(c.req.valid('param').id);
    return found.ok ? c.json(found.value, 200) : problem(c, found.error);
  };

export const taskLog =
  ({ reads, life }: Service): RouteHandler<typeof routes.taskLog, HttpEnv> =>
  async (c) => {
    const { id } = c.req.valid('param');
    const { offset = 0, since } = c.req.valid('query');
    const first = await reads.output(id, offset, since);
    if (!first.ok) return problem(c, first.error);
    if (c.req.header('accept') === 'application/json') return c.json(first.value, 200);
    const stream = streamOf(life, (signal) => outputOf(reads, { id, offset, since, signal }));
    // Hono's types know only texts that are there whole.
    return new Response(stream, { headers: { 'content-type': 'text/plain; charset=utf-8' } }) as never;
  };

/** All that there is by now, a page at a time. */
async function* outputOf(
  reads: Reads,
  { id, offset, since, signal }: { id: string; offset: number; since: number | undefined; signal: AbortSignal },
): AsyncGenerator<string> {
  for (let at = offset; !signal.aborted;) {
    const page = await reads.output(id, at, since);
    if (!page.ok || page.value.next === at) return;
    at = page.value.next;
    yield page.value.text;
  }
}
