import type { Hono } from 'hono';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { TcpAddress } from './endpoint.ts';
import type { HttpEnv } from './http-env.ts';
import { listenOnSocket, listenOnTcp } from './listen.ts';
import type { Listener } from './listen.ts';

export interface Listening {
  readonly listeners: readonly Listener[];
  /** `http://127.0.0.1:8080` */
  readonly endpoint: string | null;
  /** Why it does not listen where it should, for people. */
  readonly trouble: string | null;
}

/** On the socket, or not at all; and by TCP where that is wanted and possible. */
export async function listenEverywhere(
  app: Hono<HttpEnv>,
  { socket, tcp }: { readonly socket: string; readonly tcp: TcpAddress | undefined },
): Promise<Result<Listening, Failure>> {
  let listener: Listener;
  try {
    listener = await listenOnSocket(app, socket);
  } catch (error) {
    return err(failure('unavailable', `cannot listen on ${socket}: ${textOf(error)}`));
  }
  if (tcp === undefined) return ok({ listeners: [listener], endpoint: null, trouble: null });
  try {
    const second = await listenOnTcp(app, tcp.host, tcp.port);
    const endpoint = urlOf({ host: tcp.host, port: second.port ?? tcp.port });
    return ok({ listeners: [listener, second], endpoint, trouble: null });
  } catch (error) {
    // A port that somebody else has stops nobody: our own commands come by the socket.
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const why = taken ? 'somebody else has that port' : textOf(error);
    const trouble = `It does not listen on ${urlOf(tcp)}: ${why}. It serves on its socket.`;
    return ok({ listeners: [listener], endpoint: null, trouble });
  }
}

const urlOf = ({ host, port }: TcpAddress): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
