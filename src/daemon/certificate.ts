import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';

/** Absolute paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** What an orchestrator shows to other machines, as it stands in its files. */
export interface Certificate {
  /** With its chain. */
  readonly cert: string;
  readonly key: string;
  /** Whether it was issued for that name or address. */
  covers(name: string): boolean;
  /** RFC 3339, if that is over. */
  readonly expiredAt: string | undefined;
  /** Other files have another one. */
  readonly stamp: string;
}

/** Read and understood, with a key that fits and that not everybody may read. */
export function readCertificate(files: CertificateFiles, now: number): Result<Certificate, Failure> {
  // Before they are read: what replaces them meanwhile is news.
  const stamp = stampOf(files);
  const cert = text('server.tls_cert', files.cert);
  if (!cert.ok) return cert;
  const key = text('server.tls_key', files.key);
  if (!key.ok) return key;
  if (process.platform !== 'win32' && (statSync(files.key).mode & 0o007) !== 0)
    return err(unusable('server.tls_key', files.key, 'everybody on this machine may read or write it', KEY_MODE));
  try {
    const x509 = new X509Certificate(cert.value);
    if (!x509.checkPrivateKey(createPrivateKey(key.value)))
      return err(unusable('server.tls_key', files.key, `it does not belong to ${files.cert}`, SAME_PAIR));
    createSecureContext({ cert: cert.value, key: key.value });
    return ok({
      cert: cert.value,
      key: key.value,
      covers: (name) => (isIP(name) === 0 ? x509.checkHost(name) : x509.checkIP(name)) !== undefined,
      expiredAt: x509.validToDate.getTime() < now ? x509.validToDate.toISOString() : undefined,
      stamp,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(failure('config_invalid', `server.tls_cert and server.tls_key cannot be used: ${why}`, { hint: PEM }));
  }
}

/** Changes whenever the files are replaced or rewritten; empty while one of them is not there. */
export function stampOf(files: CertificateFiles): string {
  const stats = [files.cert, files.key].map((file) => statSync(file, { throwIfNoEntry: false }));
  return stats.includes(undefined) ? '' : stats.map((stat) => `${stat?.ino}-${stat?.mtimeMs}-${stat?.size}`).join(' ');
}

const PEM = 'Both are PEM files: the certificate with its chain, and its private key without a passphrase.';
const KEY_MODE = 'Let only its owner, or a group, read it: chmod 600 (or 640).';
const SAME_PAIR = 'Set both to the files of one certificate.';

function text(key: string, file: string): Result<string, Failure> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return err(unusable(key, file, `it cannot be read (${why})`, PEM));
  }
}

const unusable = (key: string, file: string, why: string, hint: string): Failure =>
  failure('config_invalid', `${key} is ${file}, which cannot be used: ${why}`, { hint });
