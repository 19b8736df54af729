import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Door } from './exchange.ts';
import { readGivenToken } from './token.ts';

export type Target = { readonly kind: 'local' } | { readonly kind: 'remote'; readonly door: Door };

export interface Endpoint {
  readonly url: string | null;
  /** By which an https endpoint is known; `null` means what the system trusts. */
  readonly caFile: string | null;
  /** `PROVISIONING_TOKEN_FILE` */
  readonly tokenFile: string | undefined;
}

/**
 * Whose orchestrator is meant. An endpoint on this machine means the user's own, which is found by its descriptor
 * whatever its port, unless a token file says that it is somebody else's: a service with its own user. The token of
 * `data_dir` never goes to an endpoint, and no token crosses a network in the clear.
 */
export function targetOf({ url: endpoint, caFile, tokenFile }: Endpoint): Result<Target, Failure> {
  if (endpoint === null) return ok({ kind: 'local' });
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return err(refused(endpoint, 'is no URL', 'Write it as http://HOST:PORT.'));
  if (isLoopback(url.hostname) && tokenFile === undefined) return ok({ kind: 'local' });
  const isEncrypted = url.protocol === 'https:';
  if (!isEncrypted && !isLoopback(url.hostname))
    return err(
      refused(endpoint, 'is another machine, and http would show it your token', 'Use https://, or a tunnel.'),
    );
  if (tokenFile === undefined)
    return err(refused(endpoint, 'is another machine, and there is no token for it', 'Set PROVISIONING_TOKEN_FILE.'));
  const token = readGivenToken(tokenFile);
  if (!token.ok) return token;
  const address = { host: bare(url.hostname), port: portOf(url), ...(isEncrypted ? { tls: { caFile } } : {}) };
  return ok({ kind: 'remote', door: { address, token: token.value, name: `the orchestrator at ${url.host}` } });
}

export const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || bare(host) === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** Without the brackets that URLs put around IPv6 addresses. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

const refused = (endpoint: string, why: string, hint: string): Failure =>
  failure('config_invalid', `orchestrator.endpoint ${JSON.stringify(endpoint)} ${why}`, { hint });
