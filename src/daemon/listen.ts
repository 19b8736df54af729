import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import type { Failure } from '../domain/failure.ts';
import type { Entrance, HttpEnv } from './http-env.ts';

/** Connections that are still open after so long are cut. */
const GOODBYE_MS = 1000;

export interface Listener {
  /** `null` for a socket. */
  readonly port: number | null;
  /**
   * Takes the way in away for a moment, and lets in who stands in the door already. `true`: nobody did, and nobody
   * can come any more; `false`: somebody did, and the way in is back. Only for sockets.
   */
  shut(): Promise<boolean>;
  /** No new connections from now on; requests in progress are answered. Takes the socket file away. */
  stop(): void;
  /** Resolves when every connection is closed. After `stop`. */
  closed(): Promise<void>;
  /** Takes over a certificate that was renewed, where it shows one. Returns what is wrong with it. */
  renew?(): Failure | undefined;
}

type Adapter = Parameters<typeof createAdaptorServer>[0];

/** `secure`: how to make one that encrypts. */
export const serverFor = (
  app: Hono<HttpEnv>,
  entrance: () => Entrance,
  secure?: Pick<Adapter, 'createServer' | 'serverOptions'>,
): Server =>
  createAdaptorServer({
    ...secure,
    fetch: (request, env) => app.fetch(request, { ...env, entrance: entrance() }),
  } as Adapter) as Server;

/** Resolves when it listens, rejects when it cannot. */
export function listening(server: Server, listen: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.once('listening', () => {
    server.off('error', reject);
    resolve(undefined);
  });
  listen();
  return promise;
}

export function doorOf(server: Server): Pick<Listener, 'stop' | 'closed'> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    stop: () => {
      server.close(() => {
        resolve(undefined);
      });
    },
    async closed() {
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, GOODBYE_MS);
      server.closeIdleConnections();
      await promise;
      clearTimeout(timer);
    },
  };
}
