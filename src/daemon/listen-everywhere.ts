import type { Hono } from 'hono';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { readCertificate } from './certificate.ts';
import type { Certificate, CertificateFiles } from './certificate.ts';
import type { TcpAddress } from './endpoint.ts';
import type { HttpEnv } from './http-env.ts';
import type { Listener } from './listen.ts';
import { listenOnSocket } from './listen-socket.ts';
import { listenOnTcp, listenOnTls } from './listen-tcp.ts';

export interface Listening {
  readonly listeners: readonly Listener[];
  /** `http://127.0.0.1:8080` */
  readonly endpoint: string | null;
  /** Why it does not listen where it should, for people. */
  readonly troubles: readonly string[];
}

/** On the socket, or not at all; and by TCP where that is wanted and possible. */
export async function listenEverywhere(
  app: Hono<HttpEnv>,
  { socket, tcp }: { readonly socket: string; readonly tcp: TcpAddress | undefined },
): Promise<Result<Listening, Failure>> {
  const secure = tcp?.tls === undefined ? undefined : read(tcp.tls);
  if (secure?.ok === false) return secure;
  let listener: Listener;
  try {
    listener = await listenOnSocket(app, socket);
  } catch (error) {
    return err(failure('unavailable', `cannot listen on ${socket}: ${textOf(error)}`));
  }
  if (tcp === undefined) return ok({ listeners: [listener], endpoint: null, troubles: [] });
  try {
    const second = await (secure === undefined ? listenOnTcp(app, tcp) : listenOnTls(app, tcp, secure.value));
    const endpoint = urlOf({ ...tcp, port: second.port ?? tcp.port });
    return ok({ listeners: [listener, second], endpoint, troubles: expired(secure?.value) });
  } catch (error) {
    // A port that somebody else has stops nobody: our own commands come by the socket.
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const why = taken ? 'somebody else has that port' : textOf(error);
    const trouble = `It does not listen on ${urlOf(tcp)}: ${why}. It serves on its socket.`;
    return ok({ listeners: [listener], endpoint: null, troubles: [trouble] });
  }
}

interface Secure {
  readonly files: CertificateFiles;
  readonly certificate: Certificate;
}

function read(files: CertificateFiles): Result<Secure, Failure> {
  const certificate = readCertificate(files, Date.now());
  return certificate.ok ? ok({ files, certificate: certificate.value }) : certificate;
}

/** Other machines will refuse it; this one's commands need it not. */
function expired(secure: Secure | undefined): readonly string[] {
  const at = secure?.certificate.expiredAt;
  return at === undefined ? [] : [`Its certificate, ${secure?.files.cert}, expired at ${at}.`];
}

const urlOf = ({ host, port, tls }: TcpAddress): string =>
  `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
