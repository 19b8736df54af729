import { createRoute } from '@hono/zod-openapi';
import * as requests from './requests.ts';
import * as responses from './responses.ts';
import { body, json, sendProblems, taskParams } from './route-parts.ts';

/** What a running task says of itself. Its own token is enough for these, and good until its attempt has ended. */

export const reportProgress = createRoute({
  method: 'post',
  path: '/tasks/{id}/progress',
  summary: 'What a running task says of itself; its own token is enough',
  request: { params: taskParams, body: body(requests.progressBody) },
  responses: { 200: json(responses.recorded, 'Noted.'), ...sendProblems(404) },
});

export const saveCheckpoint = createRoute({
  method: 'post',
  path: '/tasks/{id}/checkpoint',
  summary: 'What the next attempt of a running task is to find; its own token is enough',
  request: { params: taskParams, body: body(requests.checkpointBody) },
  responses: { 200: json(responses.recorded, 'It survives a power cut.'), ...sendProblems(404) },
});

export const waitForChild = createRoute({
  method: 'post',
  path: '/tasks/{id}/wait',
  summary: 'A running task waits for a run that it submitted; its own token is enough',
  description:
    'Answers when that run has ended and the task has its slot back. Until then it takes none, and lends that run what ' +
    'it holds. Who closes the connection waits no longer.',
  request: { params: taskParams, body: body(requests.waitBody) },
  responses: { 200: json(responses.waited, 'The run has ended.'), ...sendProblems(404, 409) },
});
