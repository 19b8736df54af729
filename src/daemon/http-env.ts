import type { Context } from 'hono';

/** Which listener a request came through. */
export type Entrance =
  | { readonly kind: 'socket' }
  | { readonly kind: 'tcp'; readonly port: number }
  /** `covers`: whether its certificate was issued for that name. */
  | { readonly kind: 'tls'; readonly covers: (name: string) => boolean };

/** What Hono hands to every handler of ours. */
export interface HttpEnv {
  Bindings: { entrance: Entrance };
  /** `task_id` of the task whose own token was sent. */
  Variables: { task?: string };
}

export type HttpContext = Context<HttpEnv>;
