import type { Hono } from 'hono';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server as SecureServer } from 'node:tls';
import type { Failure } from '../domain/failure.ts';
import { readCertificate, stampOf } from './certificate.ts';
import type { Certificate, CertificateFiles } from './certificate.ts';
import type { HttpEnv } from './http-env.ts';
import { doorOf, listening, serverFor } from './listen.ts';
import type { Listener } from './listen.ts';

export interface TcpPlace {
  readonly host: string;
  readonly port: number;
}

/** Rejects when the port cannot be had. `host` must be a loopback address. */
export async function listenOnTcp(app: Hono<HttpEnv>, { host, port }: TcpPlace): Promise<Listener> {
  let bound = port;
  const server = serverFor(app, () => ({ kind: 'tcp', port: bound }));
  bound = await opened(server, { host, port });
  return { port: bound, ...doorOf(server), shut };
}

/** Encrypted, so `host` may be an address that other machines reach. Rejects when the port cannot be had. */
export async function listenOnTls(
  app: Hono<HttpEnv>,
  place: TcpPlace,
  { files, certificate }: { readonly files: CertificateFiles; readonly certificate: Certificate },
): Promise<Listener> {
  const { createServer } = await import('node:https');
  let shown = certificate;
  const options = { cert: shown.cert, key: shown.key, minVersion: 'TLSv1.2' } as const;
  const entrance = () => ({ kind: 'tls', covers: (name: string) => shown.covers(name) }) as const;
  const server = serverFor(app, entrance, { createServer, serverOptions: options });
  const port = await opened(server, place);
  /** One that cannot be used changes nothing; it is told once. */
  let looked = shown.stamp;
  const renew = (): Failure | undefined => {
    const stamp = stampOf(files);
    if (stamp === '' || stamp === looked) return undefined;
    looked = stamp;
    const read = readCertificate(files, Date.now());
    if (!read.ok) return read.error;
    shown = read.value;
    (server as unknown as SecureServer).setSecureContext({ ...options, cert: shown.cert, key: shown.key });
    return undefined;
  };
  return { port, ...doorOf(server), shut, renew };
}

const shut = (): Promise<boolean> => Promise.resolve(true);

async function opened(server: Server, { host, port }: TcpPlace): Promise<number> {
  await listening(server, () => server.listen({ host, port, exclusive: true }));
  return (server.address() as AddressInfo).port;
}
