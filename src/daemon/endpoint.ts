import { isLoopback } from '../client/target.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

interface EndpointSettings {
  readonly server: { readonly host: string | null; readonly port: number | null };
  readonly orchestrator: { readonly endpoint: string | null };
}

export interface TcpAddress {
  /** Numeric. */
  readonly host: string;
  readonly port: number;
}

/** Where to listen besides the socket: what `[server]` says, else a loopback `endpoint`, else nowhere. */
export function tcpAddress(settings: EndpointSettings): Result<TcpAddress | undefined, Failure> {
  const { host, port } = settings.server;
  if (host !== null && !isLoopback(host)) return err(refused(host));
  if (port !== null) return ok({ host: numeric(host ?? 'localhost'), port });
  const { endpoint } = settings.orchestrator;
  if (endpoint === null || !URL.canParse(endpoint)) return ok(undefined);
  const url = new URL(endpoint);
  if (!isLoopback(url.hostname)) return ok(undefined);
  return ok({ host: numeric(url.hostname), port: url.port === '' ? 80 : Number(url.port) });
}

/** A name may be given another address behind our back. */
const numeric = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1'));

const refused = (host: string): Failure =>
  failure('config_invalid', `server.host is ${host}, but the orchestrator listens on this machine only`, {
    hint: 'Other machines need TLS, which this version does not have: set server.host to 127.0.0.1 and use a tunnel.',
  });
