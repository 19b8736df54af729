import { OpenAPIHono } from '@hono/zod-openapi';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { API_VERSION } from '../api/version.ts';
import { failuresOf } from '../api/requests.ts';
import * as routes from '../api/routes.ts';
import * as taskRoutes from '../api/task-routes.ts';
import { denied, isDenied } from '../config/denied.ts';
import { damagedStore, isDamaged } from '../domain/damaged.ts';
import { diskFull, isDiskFull } from '../domain/disk-full.ts';
import { exhausted } from '../domain/exhausted.ts';
import { failure } from '../domain/failure.ts';
import { workflowDefinition } from './handlers/definition.ts';
import { workflowEvents } from './handlers/events.ts';
import { guard } from './guard.ts';
import { health } from './handlers/health.ts';
import type { HttpEnv } from './http-env.ts';
import { knownQuery } from './known-query.ts';
import { openApiDocument } from './openapi.ts';
import { problem } from './problem-response.ts';
import { reloadOrchestrator } from './handlers/reload.ts';
import { listResources } from './handlers/resources.ts';
import type { Service } from './service.ts';
import { whyWorkflow } from './handlers/why.ts';
import { stopOrchestrator } from './handlers/stop.ts';
import { submitCommand, submitWorkflow } from './handlers/submit.ts';
import { reportProgress, saveCheckpoint, waitForChild } from './handlers/own-task.ts';
import { listTasks, showTask, taskLog } from './handlers/tasks.ts';
import {
  cancelWorkflow,
  listWorkflows,
  pauseWorkflow,
  resolveTask,
  resumeWorkflow,
  retryWorkflow,
  showWorkflow,
} from './handlers/workflows.ts';
import { rollbackWorkflow } from './handlers/steer.ts';

/** The door: what is refused, what is counted as activity, which handler answers which route. */
export function createApp(service: Service): Hono<HttpEnv> {
  const api = operations(service);
  const app = new Hono<HttpEnv>();
  app.use(guard(service));
  app.use(async (c, next) => {
    // Asking whether it lives must not keep it alive, and who asks it to leave must not be waited for.
    if (/\/(?:health|stop|reload)$/.test(c.req.path)) return next();
    const leave = service.life.enter();
    try {
      return await next();
    } finally {
      leave();
    }
  });
  app.use(knownQuery(api));
  app.route('/', api).route(`/${API_VERSION}`, api);
  app.notFound((c) => problem(c, failure('not_found', `there is no ${c.req.method} ${c.req.path}`)));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status === 400)
      return problem(c, failure('usage', 'the body is not valid JSON'));
    if (isDiskFull(error)) {
      service.log.write('disk_full', { path: c.req.path });
      return problem(c, diskFull());
    }
    if (isDenied(error)) {
      service.log.write('denied', { path: c.req.path, message: denied(error).message });
      return problem(c, denied(error));
    }
    const lacking = exhausted(error);
    if (lacking !== undefined) {
      service.log.write('exhausted', { path: c.req.path, message: lacking });
      return problem(c, failure('try_later', lacking));
    }
    if (isDamaged(error)) {
      service.log.write('damaged', { path: c.req.path, what: error.message });
      service.life.leave('broken');
      return problem(c, damagedStore());
    }
    service.log.write('bug', { path: c.req.path, stack: error.stack ?? error.message });
    return problem(c, failure('internal', 'a bug of this program; its log says more'));
  });
  return app;
}

function operations(service: Service): OpenAPIHono<HttpEnv> {
  const api = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => (result.success ? undefined : problem(c, failuresOf(result.error))),
  });
  api.openapi(routes.health, health(service));
  api.openapi(routes.submitWorkflow, submitWorkflow(service));
  for (const command of routes.commands) api.openapi(command, submitCommand(service));
  api.openapi(routes.listWorkflows, listWorkflows(service));
  api.openapi(routes.showWorkflow, showWorkflow(service));
  api.openapi(routes.cancelWorkflow, cancelWorkflow(service));
  api.openapi(routes.pauseWorkflow, pauseWorkflow(service));
  api.openapi(routes.resumeWorkflow, resumeWorkflow(service));
  api.openapi(routes.retryWorkflow, retryWorkflow(service));
  api.openapi(routes.resolveTask, resolveTask(service));
  api.openapi(routes.rollbackWorkflow, rollbackWorkflow(service));
  api.openapi(routes.whyWorkflow, whyWorkflow(service));
  api.openapi(routes.workflowDefinition, workflowDefinition(service));
  api.openapi(routes.workflowEvents, workflowEvents(service));
  api.openapi(routes.listTasks, listTasks(service));
  api.openapi(routes.showTask, showTask(service));
  api.openapi(routes.taskLog, taskLog(service));
  api.openapi(taskRoutes.reportProgress, reportProgress(service));
  api.openapi(taskRoutes.saveCheckpoint, saveCheckpoint(service));
  api.openapi(taskRoutes.waitForChild, waitForChild(service));
  api.openapi(routes.listResources, listResources(service));
  api.openapi(routes.stopOrchestrator, stopOrchestrator(service));
  api.openapi(routes.reloadOrchestrator, reloadOrchestrator(service));
  api.get('/openapi.json', (c) => c.json(openApiDocument(api, service.health().version)));
  return api;
}
