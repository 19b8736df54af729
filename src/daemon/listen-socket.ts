import type { Hono } from 'hono';
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { HttpEnv } from './http-env.ts';
import { doorOf, listening, serverFor } from './listen.ts';
import type { Listener } from './listen.ts';

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

export const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

/** Whether that socket has the name, or had it until its door was shut for a moment. */
export const holdsName = (path: string, inode: number | undefined): boolean =>
  inodeOf(path) === inode || inodeOf(aside(path)) === inode;

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
