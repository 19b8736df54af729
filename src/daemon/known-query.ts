import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { failure } from '../domain/failure.ts';
import { didYouMean } from '../domain/suggest.ts';
import type { HttpEnv } from './http-env.ts';
import { problem } from './problem-response.ts';

interface Known {
  readonly method: string;
  readonly path: RegExp;
  readonly names: readonly string[];
}

/** Refuses query parameters that nothing would read: a slip of the pen would be answered with something else. */
export function knownQuery(api: OpenAPIHono<HttpEnv>) {
  const routes = [...described(api), { method: 'GET', path: pathOf('/openapi.json'), names: [] }];
  return createMiddleware<HttpEnv>((c, next) => {
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
    const names = routes.find((route) => route.method === method && route.path.test(c.req.path))?.names;
    const unknown = names === undefined ? undefined : Object.keys(c.req.query()).find((name) => !names.includes(name));
    if (names === undefined || unknown === undefined) return next();
    const known = names.length === 0 ? 'It takes none.' : `It takes ${names.join(', ')}.`;
    const hint = [didYouMean(unknown, names), known].filter((one) => one !== undefined).join(' ');
    const message = `${c.req.method} ${c.req.path} takes no query parameter ${JSON.stringify(unknown.slice(0, 80))}`;
    return Promise.resolve(problem(c, failure('usage', message, { hint })));
  });
}

const described = (api: OpenAPIHono<HttpEnv>): readonly Known[] =>
  api.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path, request } = definition.route;
    const names = request?.query instanceof z.ZodObject ? Object.keys(request.query.shape) : [];
    return [{ method: method.toUpperCase(), path: pathOf(path), names }];
  });

const pathOf = (path: string): RegExp => new RegExp(`^(?:/v1)?${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
