import type { RouteHandler } from '@hono/zod-openapi';
import { END, EVENT_STREAM_TYPE, HEARTBEAT, HEARTBEAT_MS, encodeEvent } from '../../api/event-stream.ts';
import type * as routes from '../../api/routes.ts';
import { isOutcome } from '../../domain/run-outcome.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import { streamOf } from '../stream.ts';
import type { Service } from '../service.ts';

/** Another process's run tells us nothing: its record is looked at this often, while somebody watches. */
const LOOK_AGAIN_MS = 500;

/** So many events are one write, if they are there at once. */
const TOGETHER = 64;

export const workflowEvents =
  (service: Service): RouteHandler<typeof routes.workflowEvents, HttpEnv> =>
  async (c) => {
    const run = await service.reads.run(c.req.valid('param').id);
    if (!run.ok) return problem(c, run.error);
    const id = run.value.workflow_id;
    const after = c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after ?? 0;
    if (c.req.header('accept') === 'application/json') {
      const events = await service.reads.events(id, after);
      return events.ok ? c.json([...events.value], 200) : problem(c, events.error);
    }
    const ended = isOutcome(run.value.status);
    const stream = streamOf(service.life, (signal) => eventsOf(service, { id, after, ended, signal }));
    return new Response(stream, { headers: { 'content-type': EVENT_STREAM_TYPE, 'cache-control': 'no-store' } });
  };

interface Watch {
  readonly id: string;
  readonly after: number;
  /** The run had ended when the watch began: what is on record is all there will be. */
  readonly ended: boolean;
  readonly signal: AbortSignal;
}

async function* eventsOf(service: Service, { id, after, ended, signal }: Watch): AsyncGenerator<string> {
  const news = newsOf(service, id, signal);
  let seen = after;
  let silentSince = performance.now();
  try {
    while (!signal.aborted) {
      const events = await service.reads.events(id, seen);
      if (!events.ok) return;
      for (let at = 0; at < events.value.length; at += TOGETHER)
        yield events.value
          .slice(at, at + TOGETHER)
          .map((event) => encodeEvent(event))
          .join('');
      seen = events.value.at(-1)?.seq ?? seen;
      if (ended || events.value.at(-1)?.type === 'run.finished') {
        yield END;
        return;
      }
      if (events.value.length > 0) silentSince = performance.now();
      else if (performance.now() - silentSince >= HEARTBEAT_MS) {
        silentSince = performance.now();
        yield HEARTBEAT;
      }
      await news.next();
    }
  } finally {
    news.stop();
  }
}

/** `next` resolves at the first news since it resolved last, or after a while. None is missed between two calls. */
function newsOf({ events }: Service, id: string, signal: AbortSignal) {
  let fresh = false;
  let wake = (): void => undefined;
  const tell = (): void => {
    fresh = true;
    wake();
  };
  const unsubscribe = events.subscribe(id, tell);
  signal.addEventListener('abort', tell, { once: true });
  return {
    async next(): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<null>();
      wake = () => {
        resolve(null);
      };
      const timer = setTimeout(wake, LOOK_AGAIN_MS);
      if (fresh) wake();
      await promise;
      clearTimeout(timer);
      fresh = false;
    },
    stop: unsubscribe,
  };
}
