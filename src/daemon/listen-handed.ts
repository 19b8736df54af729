import type { Hono } from 'hono';
import { readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { HttpEnv } from './http-env.ts';
import { doorOf, listening, serverFor } from './listen.ts';
import type { Listener } from './listen.ts';

/**
 * Listens on the socket that a service manager has made and handed over: it stays when this process ends, so that who
 * comes meanwhile waits for the next one instead of being refused. `undefined`: nothing leads to it any more.
 */
export async function listenOnHanded(
  app: Hono<HttpEnv>,
  fds: readonly number[],
  path: string,
): Promise<Result<Listener | undefined, Failure>> {
  const [fd, ...others] = fds;
  if (fd === undefined || others.length > 0) return err(unfit(`${fds.length} sockets`, path));
  const named = nameOf(fd);
  if (named !== path) return err(unfit(named ?? 'what is no socket with a name', path));
  const server = serverFor(app, () => ({ kind: 'socket' }));
  try {
    await listening(server, () => server.listen({ fd }));
  } catch (error) {
    return err(
      unfit(`what is no socket that listens (${error instanceof Error ? error.message : String(error)})`, path),
    );
  }
  const door = doorOf(server);
  // Its name is not ours to take away.
  if (await leadsSomewhere(path)) return ok({ port: null, ...door, shut: () => Promise.resolve(true) });
  door.stop();
  await door.closed();
  return ok(undefined);
}

/** Node does not say it of a socket that it did not make, but Linux does. */
function nameOf(fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    const line = readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .find((text) => text.trim().split(/ +/)[6] === inode);
    return inode === undefined ? undefined : /^(?:\S+ +){7}(.+)$/.exec(line ?? '')?.[1];
  } catch {
    return undefined;
  }
}

function leadsSomewhere(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once('connect', () => {
    resolve(true);
  });
  socket.once('error', () => {
    resolve(false);
  });
  return promise.finally(() => {
    socket.destroy();
  });
}

const unfit = (what: string, path: string): Failure =>
  failure('config_invalid', `the service manager handed over ${what}, but this orchestrator listens on ${path}`, {
    hint: 'Units that fit are written by: provisioning orchestrator install',
  });
