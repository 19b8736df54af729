import type { Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import type { Entrance, HttpContext, HttpEnv } from './http-env.ts';
import { problem } from './problem-response.ts';
import type { Service } from './service.ts';
import { forbiddenToTask } from './task-rights.ts';
import { sameToken, taskOfToken, taskToken } from './task-token.ts';

/**
 * Everything that is refused before a route is looked at. A browser can reach every listener of a machine, and a name
 * that a stranger controls can point to it (rebinding), so neither "only on this machine" nor "same origin" protects:
 * only names that cannot be rebound are answered, and nothing that a browser marks as its own.
 */
export const guard = (service: Service) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Cache-Control', 'no-store');
    const refused = refusal(c) ?? (await unauthorized(c, service)) ?? unsupported(c) ?? leaving(c, service);
    return refused === undefined ? withinLimit(c, next) : problem(c, refused);
  });

function refusal(c: HttpContext): Failure | undefined {
  if (!isOurName(c.req.header('host'), c.env.entrance))
    return failure('forbidden', 'that Host is not this orchestrator');
  const browser = ['origin', 'referer', 'sec-fetch-site'].find((name) => c.req.header(name) !== undefined);
  return browser === undefined ? undefined : failure('forbidden', `requests with ${browser} come from a browser`);
}

/** By TLS, what the certificate says counts: a browser that was led here by another name finds that it does not fit. */
function isOurName(host: string | undefined, entrance: Entrance): boolean {
  if (entrance.kind === 'tls') {
    const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?$/i.exec(host ?? '') ?? [];
    return name !== undefined && entrance.covers(name.replace(/^\[(.*)\]$/, '$1'));
  }
  const [, name, port] = /^(localhost|127\.0\.0\.1|\[::1\]|provisioning)(?::(\d+))?$/i.exec(host ?? '') ?? [];
  if (name === undefined) return false;
  return entrance.kind === 'socket' || (Number(port ?? 80) === entrance.port && name.toLowerCase() !== 'provisioning');
}

const OPEN = /^(?:\/v1)?\/health$/;

async function unauthorized(c: HttpContext, service: Service): Promise<Failure | undefined> {
  if (OPEN.test(c.req.path)) return undefined;
  const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token !== undefined && sameToken(token, service.token)) return undefined;
  const task = token === undefined ? undefined : await taskOf(service, token);
  if (task !== undefined) {
    c.set('task', task);
    return forbiddenToTask(service.reads, task, c.req);
  }
  const hint = 'Send "Authorization: Bearer TOKEN"; the token is the line in data_dir/token.';
  return failure('unauthorized', token === undefined ? 'no token was sent' : 'that token is not good', { hint });
}

/** The running task whose token that is. It dies with its attempt. */
async function taskOf(service: Service, token: string): Promise<string | undefined> {
  const taskId = taskOfToken(token);
  const found = taskId === undefined ? undefined : await service.reads.task(taskId);
  if (taskId === undefined || found?.ok !== true || found.value.task.status !== 'running') return undefined;
  return sameToken(token, taskToken(service.token, taskId, found.value.task.attempts)) ? taskId : undefined;
}

/** JSON or nothing: a form, which any page may send, is neither. */
function unsupported(c: HttpContext): Failure | undefined {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return undefined;
  const type = c.req.header('content-type');
  const hasBody = c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
  if (type === undefined && !hasBody) return undefined;
  if (type !== undefined && /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) return undefined;
  return failure('unsupported_media_type', 'the body must be application/json');
}

/** One that leaves still answers who asks, and tells when it is gone. */
function leaving(c: HttpContext, { life }: Service): Failure | undefined {
  if (life.phase === 'ready' || c.req.method === 'GET' || c.req.path.endsWith('/orchestrator/stop')) return undefined;
  return failure('try_later', 'the orchestrator is leaving; ask the next one');
}

const MIB = 1024 * 1024;
const tooLarge = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: async (c) => {
      await readAway(c.req.raw, 4 * maxSize);
      return problem(c, failure('too_large', `a body here may have ${maxSize / MIB} MiB`));
    },
  });
const workflowLimit = tooLarge(64 * MIB);
const otherLimit = tooLarge(MIB);

const withinLimit = (c: HttpContext, next: Next) =>
  (/^(?:\/v1)?\/workflows$/.test(c.req.path) ? workflowLimit : otherLimit)(c, next);

/** Who is still writing does not look for an answer, and would only see a broken connection. */
async function readAway({ body }: Request, limit: number): Promise<void> {
  let read = 0;
  if (body === null || body.locked) return;
  for await (const piece of body) {
    read += piece.length;
    if (read > limit) return;
  }
}
