import { isLoopback, portOf } from '../client/target.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { CertificateFiles } from './certificate.ts';

interface EndpointSettings {
  readonly server: {
    readonly host: string | null;
    readonly port: number | null;
    readonly tls_cert: string | null;
    readonly tls_key: string | null;
  };
  readonly orchestrator: { readonly endpoint: string | null };
}

export interface TcpAddress {
  /** Numeric. */
  readonly host: string;
  readonly port: number;
  /** Absent: not encrypted, which only this machine's own addresses may be. */
  readonly tls?: CertificateFiles | undefined;
}

/** Where to listen besides the socket: what `[server]` says, else a loopback `endpoint`, else nowhere. */
export function tcpAddress(settings: EndpointSettings): Result<TcpAddress | undefined, Failure> {
  const { host, port } = settings.server;
  const tls = filesOf(settings.server);
  if (!tls.ok) return tls;
  if (host !== null && !isLoopback(host) && tls.value === undefined) return err(open(host));
  if (port !== null) return ok({ host: numeric(host ?? 'localhost'), port, tls: tls.value });
  const { endpoint } = settings.orchestrator;
  if (endpoint === null || !URL.canParse(endpoint)) return ok(undefined);
  const url = new URL(endpoint);
  if (!isLoopback(url.hostname)) return ok(undefined);
  return ok({ host: numeric(url.hostname), port: portOf(url), tls: tls.value });
}

/** A name may be given another address behind our back. */
const numeric = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1'));

function filesOf({
  tls_cert: cert,
  tls_key: key,
}: EndpointSettings['server']): Result<CertificateFiles | undefined, Failure> {
  if (cert === null && key === null) return ok(undefined);
  if (cert !== null && key !== null) return ok({ cert, key });
  const [there, missing] =
    cert === null ? ['server.tls_key', 'server.tls_cert'] : ['server.tls_cert', 'server.tls_key'];
  return err(failure('config_invalid', `${there} is set, but ${missing} is not`, { hint: 'TLS needs both.' }));
}

const open = (host: string): Failure =>
  failure('config_invalid', `server.host is ${host}, which other machines reach, and there is no certificate for it`, {
    hint: 'Set server.tls_cert and server.tls_key to PEM files; or server.host to 127.0.0.1, and use a tunnel.',
  });
