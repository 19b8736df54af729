import type { Hono } from 'hono';
import { endpointUrl } from '../api/descriptor.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { readCertificate } from './certificate.ts';
import type { Certificate, CertificateFiles } from './certificate.ts';
import type { TcpAddress } from './endpoint.ts';
import type { HttpEnv } from './http-env.ts';
import type { Listener } from './listen.ts';
import { listenOnHanded } from './listen-handed.ts';
import { listenOnSocket } from './listen-socket.ts';
import { listenOnTcp, listenOnTls } from './listen-tcp.ts';

export interface Listening {
  readonly listeners: readonly Listener[];
  /** `http://127.0.0.1:8080` */
  readonly endpoint: string | null;
  /** Why it does not listen where it should, for people. */
  readonly troubles: readonly string[];
}

export interface Where {
  readonly socket: string;
  readonly tcp: TcpAddress | undefined;
  readonly handed: readonly number[];
}

/** On the socket, or not at all; and by TCP where that is wanted and possible. */
export async function listenEverywhere(
  app: Hono<HttpEnv>,
  { socket, tcp, handed }: Where,
): Promise<Result<Listening, Failure>> {
  const secure = tcp?.tls === undefined ? undefined : read(tcp.tls);
  if (secure?.ok === false) return secure;
  const first = await onSocket(app, socket, handed);
  if (!first.ok) return first;
  const { listener, troubles } = first.value;
  if (tcp === undefined) return ok({ listeners: [listener], endpoint: null, troubles });
  try {
    const second = await (secure === undefined ? listenOnTcp(app, tcp) : listenOnTls(app, tcp, secure.value));
    const endpoint = endpointUrl({ ...tcp, port: second.port ?? tcp.port });
    return ok({ listeners: [listener, second], endpoint, troubles: [...troubles, ...expired(secure?.value)] });
  } catch (error) {
    // A port that somebody else has stops nobody: our own commands come by the socket.
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const why = taken ? 'somebody else has that port' : textOf(error);
    const trouble = `It does not listen on ${endpointUrl(tcp)}: ${why}. It serves on its socket.`;
    return ok({ listeners: [listener], endpoint: null, troubles: [...troubles, trouble] });
  }
}

async function onSocket(
  app: Hono<HttpEnv>,
  path: string,
  handed: Where['handed'],
): Promise<Result<{ readonly listener: Listener; readonly troubles: readonly string[] }, Failure>> {
  const given = handed.length === 0 ? ok(undefined) : await listenOnHanded(app, handed, path);
  if (!given.ok) return given;
  if (given.value !== undefined) return ok({ listener: given.value, troubles: [] });
  try {
    return ok({ listener: await listenOnSocket(app, path), troubles: handed.length === 0 ? [] : [NAMELESS] });
  } catch (error) {
    return err(failure('unavailable', `cannot listen on ${path}: ${textOf(error)}`));
  }
}

const NAMELESS =
  'The socket of its service had lost its name, so it listens on one of its own; restart the service and its socket.';

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

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
