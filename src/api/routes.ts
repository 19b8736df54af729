import { createRoute, z } from '@hono/zod-openapi';
import { eventDocument } from './documents.ts';
import { COMMAND_PATHS } from './paths.ts';
import type { CommandPath } from './paths.ts';
import * as requests from './requests.ts';
import {
  body,
  json,
  keyHeader,
  naturalNumber,
  openProblems,
  optionalBody,
  readProblems,
  sendProblems,
  taskParams,
  workflowParams,
} from './route-parts.ts';
import * as responses from './responses.ts';
import { whyDocument } from './why.ts';

/** Every operation of the API, in one place: the server hangs handlers on these, `/openapi.json` describes them. */

export const health = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Whether it is well; the only operation that wants no token',
  security: [],
  responses: { 200: json(responses.health, 'It is.'), ...openProblems },
});

export const submitWorkflow = createRoute({
  method: 'post',
  path: '/workflows',
  summary: 'Queue a whole definition',
  request: { headers: keyHeader, body: body(requests.submitBody) },
  responses: { 202: json(responses.accepted, 'Recorded durably.'), ...sendProblems(409) },
});

const commandRoute = <P extends CommandPath>(path: P) =>
  createRoute({
    method: 'post',
    path,
    summary: `Queue ${COMMAND_PATHS[path]}`,
    request: { headers: keyHeader, body: body(requests.commandBody) },
    responses: { 202: json(responses.accepted, 'Recorded durably.'), ...sendProblems(404, 409) },
  });

export const commands = [
  commandRoute('/workflows/servers/create'),
  commandRoute('/workflows/servers/delete'),
  commandRoute('/workflows/taskserv/create'),
  commandRoute('/workflows/taskserv/delete'),
  commandRoute('/workflows/clusters/create'),
  commandRoute('/workflows/clusters/delete'),
] as const;

export const listWorkflows = createRoute({
  method: 'get',
  path: '/workflows',
  summary: 'All runs, newest first',
  responses: { 200: json(responses.runs, 'Runs without their tasks.'), ...readProblems() },
});

export const showWorkflow = createRoute({
  method: 'get',
  path: '/workflows/{id}',
  summary: 'One run with its tasks',
  request: { params: workflowParams },
  responses: { 200: json(responses.run, 'The run document.'), ...readProblems(404, 409) },
});

export const cancelWorkflow = createRoute({
  method: 'post',
  path: '/workflows/{id}/cancel',
  summary: 'Ask a run to end',
  request: { params: workflowParams, body: optionalBody(requests.cancelBody) },
  responses: { 202: json(responses.steered, 'It will.'), ...sendProblems(404, 409) },
});

export const pauseWorkflow = createRoute({
  method: 'post',
  path: '/workflows/{id}/pause',
  summary: 'Start no further task of a run; what runs goes on',
  request: { params: workflowParams, body: optionalBody(requests.pauseBody) },
  responses: { 202: json(responses.steered, 'Recorded durably.'), ...sendProblems(404, 409) },
});

export const resumeWorkflow = createRoute({
  method: 'post',
  path: '/workflows/{id}/resume',
  summary: 'Go on with a paused run',
  request: { params: workflowParams, body: optionalBody(requests.resumeBody) },
  responses: { 202: json(responses.steered, 'Recorded durably.'), ...sendProblems(404, 409) },
});

export const retryWorkflow = createRoute({
  method: 'post',
  path: '/workflows/{id}/retry',
  summary: 'Go on with a run that failed or was cancelled',
  request: { params: workflowParams, body: optionalBody(requests.retryBody) },
  responses: { 202: json(responses.steered, 'Recorded durably.'), ...sendProblems(404, 409) },
});

export const rollbackWorkflow = createRoute({
  method: 'post',
  path: '/workflows/{id}/rollback',
  summary: 'Take back what a run did, by a run of its own; asking twice gives one',
  request: { params: workflowParams, body: optionalBody(requests.rollbackBody) },
  responses: {
    202: json(responses.rollback, 'Recorded durably, unless only the plan was wanted.'),
    ...sendProblems(404, 409),
  },
});

export const resolveTask = createRoute({
  method: 'post',
  path: '/workflows/{id}/tasks/{task}/resolve',
  summary: 'Say how a task ended of which nobody knows it',
  request: { params: workflowParams.extend({ task: z.string().min(1).max(100) }), body: body(requests.resolveBody) },
  responses: { 202: json(responses.steered, 'Recorded durably.'), ...sendProblems(404, 409) },
});

export const whyWorkflow = createRoute({
  method: 'get',
  path: '/workflows/{id}/why',
  summary: 'What a run, or one task of it, waits for, or how it ended',
  request: { params: workflowParams, query: z.object({ task: z.string().optional() }) },
  responses: { 200: json(whyDocument, 'The chain of what is in the way.'), ...readProblems(404, 409) },
});

export const workflowDefinition = createRoute({
  method: 'get',
  path: '/workflows/{id}/definition',
  summary: 'What a run was asked to do',
  request: { params: workflowParams },
  responses: { 200: json(responses.definition, 'Its definition, every default filled in.'), ...readProblems(404, 409) },
});

export const workflowEvents = createRoute({
  method: 'get',
  path: '/workflows/{id}/events',
  summary: 'What happened, and what happens, until the run has ended',
  description: 'A stream unless Accept is application/json. Resumes after `Last-Event-ID` (or `after`), a seq.',
  request: {
    params: workflowParams,
    query: z.object({ after: naturalNumber.optional() }),
    headers: z.object({ 'last-event-id': naturalNumber.optional() }),
  },
  responses: {
    200: {
      content: {
        'text/event-stream': { schema: z.string() },
        'application/json': { schema: z.array(eventDocument) },
      },
      description: 'Events with `id: seq`; a comment every 15 s. As JSON: those until now.',
    },
    ...readProblems(404, 409),
  },
});

export const listTasks = createRoute({
  method: 'get',
  path: '/tasks',
  summary: 'Tasks of all runs',
  request: { query: z.object({ status: z.string().optional() }) },
  responses: { 200: json(responses.tasks, 'Tasks with the ids of their runs.'), ...readProblems() },
});

export const showTask = createRoute({
  method: 'get',
  path: '/tasks/{id}',
  summary: 'One task',
  request: { params: taskParams },
  responses: { 200: json(responses.taskInRun, 'The task and the id of its run.'), ...readProblems(404) },
});

export const taskLog = createRoute({
  method: 'get',
  path: '/tasks/{id}/log',
  summary: "Output of a task's latest attempt",
  description: 'All of it as text; one piece with its place if Accept is application/json.',
  request: {
    params: taskParams,
    query: z.object({
      offset: naturalNumber.optional(),
      since: naturalNumber.optional().describe('Milliseconds since 1970: skip what was printed before.'),
    }),
  },
  responses: {
    200: {
      content: {
        'text/plain': { schema: z.string() },
        'application/json': { schema: responses.outputPiece },
      },
      description: 'Output from byte `offset` on.',
    },
    ...readProblems(404),
  },
});

export const listResources = createRoute({
  method: 'get',
  path: '/resources',
  summary: 'The inventory',
  request: {
    query: z.object({
      kind: z.enum(['server', 'taskserv', 'cluster', 'app']),
      workspace: z.string().optional(),
      infra: z.string().optional(),
    }),
  },
  responses: { 200: json(responses.resources, 'What exists, as far as is known.'), ...readProblems() },
});

export const stopOrchestrator = createRoute({
  method: 'post',
  path: '/orchestrator/stop',
  summary: 'Leave: start no more tasks; those that run live on. `now` cancels all runs first',
  description:
    'Answers when it is done: another orchestrator may start. `drain` lets runs end first; with `if_idle` one that ' +
    'has work stays (503).',
  request: { body: optionalBody(requests.stopBody) },
  responses: { 200: json(responses.stopped, 'It has stopped.'), ...sendProblems() },
});

export const reloadOrchestrator = createRoute({
  method: 'post',
  path: '/orchestrator/reload',
  summary: 'Read its documents again',
  description: 'What can change while it runs holds at once; the rest after a restart.',
  responses: { 200: json(responses.reloaded, 'It has.'), ...sendProblems() },
});
