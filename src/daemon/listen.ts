import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
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
}

/** The socket file must be nobody's: who calls holds the right to run. Rejects when the path cannot be used. */
export async function listenOnSocket(app: Hono<HttpEnv>, path: string): Promise<Listener> {
  rmSync(path, { force: true });
  rmSync(aside(path), { force: true });
  const server = serverFor(app, () => ({ kind: 'socket' }));
  await listening(server, () => server.listen(path));
  // The umask has kept others out since the file was made.
  chmodSync(path, 0o600);
  const mine = inodeOf(path);
  const door = doorOf(server);
  const stop = (): void => {
    keepingOthers(path, mine, door.stop);
  };
  return { port: null, ...door, stop, shut: () => shut(server, path) };
}

/** Rejects when the port cannot be had. `host` must be a loopback address. */
export async function listenOnTcp(app: Hono<HttpEnv>, host: string, port: number): Promise<Listener> {
  let bound = port;
  const server = serverFor(app, () => ({ kind: 'tcp', port: bound }));
  await listening(server, () => server.listen({ host, port, exclusive: true }));
  bound = (server.address() as AddressInfo).port;
  return { port: bound, ...doorOf(server), shut: () => Promise.resolve(true) };
}

function serverFor(app: Hono<HttpEnv>, entrance: () => Entrance): Server {
  return createAdaptorServer({
    fetch: (request, env) => app.fetch(request, { ...env, entrance: entrance() }),
  }) as Server;
}

function listening(server: Server, listen: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.once('listening', () => {
    server.off('error', reject);
    resolve(undefined);
  });
  listen();
  return promise;
}

function doorOf(server: Server): Pick<Listener, 'stop' | 'closed'> {
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

/**
 * Closing a socket removes whatever has its name. Where the folder was replaced under a running orchestrator, that is
 * its successor's socket, which keeps its name.
 */
function keepingOthers(path: string, mine: number | undefined, close: () => void): void {
  const there = inodeOf(path);
  const others = there !== undefined && there !== mine;
  if (others) renameSync(path, aside(path));
  close();
  if (others) renameSync(aside(path), path);
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

const aside = (path: string): string => `${path}.shut`;

/**
 * A connection that the kernel has accepted for us, but we have not yet, would be reset by `close`. Without its name the
 * socket gets no new ones, and two turns of the loop accept those that there are.
 */
async function shut(server: Server, path: string): Promise<boolean> {
  if (inodeOf(path) === undefined) return true;
  renameSync(path, aside(path));
  await turn();
  await turn();
  const open = await new Promise<number>((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
  if (open > 0) renameSync(aside(path), path);
  else rmSync(aside(path), { force: true });
  return open === 0;
}
