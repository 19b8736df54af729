import type { request as plainRequest, RequestOptions } from 'node:http';
import { Agent, request } from 'node:https';
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** By which certificates another machine is known: those in a PEM file, or those that the system trusts. */
export interface Trust {
  readonly caFile: string | null;
}

/** How a request is made. `whenConnected`: before that event, not a byte of it has left. */
export interface Way {
  readonly ask: typeof plainRequest;
  readonly options: RequestOptions;
  readonly whenConnected: 'connect' | 'secureConnect';
}

/** One agent for each set of certificates: making one of the system's hundreds takes longer than a request. */
const agents = new Map<string | null, Agent>();

export function secureWay({ caFile }: Trust): Result<Way, Failure> {
  const known = agents.get(caFile);
  if (known !== undefined) return ok(way(known));
  const ca = caFile === null ? ok(systemCertificates()) : read(caFile);
  if (!ca.ok) return ca;
  // As for plain connections, none is kept, and no proxy of the environment is asked.
  const agent = new Agent({ keepAlive: false, ca: ca.value, minVersion: 'TLSv1.2' });
  agents.set(caFile, agent);
  return ok(way(agent));
}

const way = (agent: Agent): Way => ({ ask: request, options: { agent }, whenConnected: 'secureConnect' });

/** A bare container has none. */
function systemCertificates(): string[] {
  const ofSystem = getCACertificates('system');
  return ofSystem.length > 0 ? ofSystem : getCACertificates('bundled');
}

function read(file: string): Result<string[], Failure> {
  try {
    const text = readFileSync(file, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? ok([text]) : err(unusable(file, 'it holds no certificate'));
  } catch (error) {
    return err(unusable(file, error instanceof Error && 'code' in error ? String(error.code) : String(error)));
  }
}

const unusable = (file: string, why: string): Failure =>
  failure('config_invalid', `orchestrator.ca_file is ${file}, which cannot be used: ${why}`, {
    hint: 'It is a PEM file with the certificates of those who issue the orchestrator’s.',
  });

/** `undefined`: it is no matter of certificates. */
export function certificateProblem(name: string, error: Error & { readonly code?: string }): Failure | undefined {
  const { code = '' } = error;
  const said = PROBLEMS[code] ?? (/CERT|SIGNATURE|ISSUER/.test(code) ? [error.message, TRUST] : undefined);
  if (said !== undefined) return failure('unavailable', `${name} is not trusted: ${said[0]}`, { hint: said[1] });
  if (!/^(?:EPROTO|ERR_SSL_.*|ERR_TLS_.*)$/.test(code)) return undefined;
  const hint = 'Does it listen there, and with TLS? Otherwise the endpoint is another one.';
  return failure('unavailable', `${name} and this program do not agree on TLS (${code})`, { hint });
}

const TRUST = 'Name the certificates of its issuer: orchestrator.ca_file.';
const NEW_ONE = 'It needs a new certificate: server.tls_cert where it runs.';
const PROBLEMS: Readonly<Record<string, readonly [string, string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'it has issued its certificate itself',
    'If it is yours, name it: orchestrator.ca_file.',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: ['nobody here knows the issuer of its certificate', TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['nobody here knows the issuer of its certificate', TRUST],
  UNABLE_TO_GET_ISSUER_CERT: ['nobody here knows the issuer of its certificate', TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['nobody here knows the issuer of its certificate', TRUST],
  CERT_HAS_EXPIRED: ['its certificate has expired', NEW_ONE],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', 'Are both clocks right?'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'Write the endpoint with a name that its certificate has.',
  ],
};
