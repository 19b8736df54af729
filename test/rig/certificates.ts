import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An issuer of its own, with what it issues, all in one temporary folder. */
export interface Issuer {
  /** Its own certificate: what clients are told to trust. */
  readonly ca: string;
  /** `names` as `DNS:name` or `IP:address`. A negative number of `days` issues one that has expired. */
  issue(name: string, names: readonly string[], days?: number): Pair;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export function makeIssuer(folder: string, name = 'issuer'): Issuer {
  const at = (file: string): string => join(folder, file);
  const ca = { cert: at(`${name}.pem`), key: at(`${name}.key`) };
  openssl('req', '-x509', ...KEY, '-keyout', ca.key, '-out', ca.cert, '-days', '2', '-subj', `/CN=${name}`);
  return {
    ca: ca.cert,
    issue(host, names, days = 1) {
      const pair = { cert: at(`${host}.pem`), key: at(`${host}.key`) };
      const request = at(`${host}.csr`);
      const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=${names.join(',')}`];
      openssl('req', '-new', ...KEY, '-keyout', pair.key, '-out', request, ...subject);
      const by = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-copy_extensions', 'copy'];
      openssl('x509', '-req', '-in', request, '-out', pair.cert, '-days', String(days), ...by);
      chmodSync(pair.key, 0o600);
      return pair;
    },
  };
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
