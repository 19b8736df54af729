import type { OpenAPIHono } from '@hono/zod-openapi';
import { API_VERSION } from '../api/version.ts';
import type { HttpEnv } from './http-env.ts';

/** The description of the API, generated from its routes. */
export function openApiDocument(api: OpenAPIHono<HttpEnv>, version: string) {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'provisioning', version, description: 'The orchestrator. Every path also exists under /v1.' },
    servers: [{ url: `/${API_VERSION}` }],
    security: [{ token: [] }],
  });
  const securitySchemes = { token: { type: 'http', scheme: 'bearer', description: 'The line in data_dir/token.' } };
  return { ...document, components: { ...document.components, securitySchemes } };
}
