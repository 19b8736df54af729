import type { RouteHandler } from '@hono/zod-openapi';
import { setTimeout as pause } from 'node:timers/promises';
import type * as routes from '../../api/routes.ts';
import { failure } from '../../domain/failure.ts';
import { hasWork } from '../has-work.ts';
import type { HttpEnv } from '../http-env.ts';
import { problem } from '../problem-response.ts';
import type { Service } from '../service.ts';

/** How often one that lets its runs end looks whether they have. */
const LOOK_AGAIN_MS = 250;

/** Answers everybody who asked, or asks again meanwhile, when it has left. */
export const stopOrchestrator =
  (service: Service): RouteHandler<typeof routes.stopOrchestrator, HttpEnv> =>
  async (c) => {
    const { life, log } = service;
    // The whole body may be missing, and its defaults with it.
    const { now, if_idle: ifIdle, drain } = c.req.valid('json');
    if (ifIdle === true && life.phase === 'ready' && (hasWork(service) || life.busy > 0))
      return problem(c, failure('try_later', 'the orchestrator has work, or somebody is watching'));
    log.write('stop', { now: now === true, if_idle: ifIdle === true, drain: drain === true });
    life.refuse();
    if (now === true) await service.cancelAll('the orchestrator was stopped with --now');
    if (drain === true) await drained(service);
    life.leave('asked');
    await life.gone;
    return c.json({ status: 'stopped' as const }, 200);
  };

/** Resolves when no run is left to execute, or when it leaves for another reason. */
async function drained(service: Service): Promise<void> {
  while (hasWork(service) && !service.life.draining.aborted) await pause(LOOK_AGAIN_MS);
}
