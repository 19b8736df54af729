import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { IDEMPOTENCY_KEY } from '../api/paths.ts';
import { fromProblem } from '../api/problems.ts';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { callFailure, unavailable } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import type { Trust, Way } from './secure.ts';

/** A way in: where, and with what right. */
export interface Door {
  readonly address:
    { readonly socketPath: string } | { readonly host: string; readonly port: number; readonly tls?: Trust };
  /** `null`: only what wants no token. */
  readonly token: string | null;
  /** For messages: `the orchestrator (pid 4711)`. */
  readonly name: string;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For a whole answer; `null`: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal | undefined;
}

/** Node would find out whether a socket's path is an IPv6 address, with an expression that takes 6 ms to compile. */
const NO_SERVER_NAME: object = { servername: '' };

/**
 * One agent of our own: Node's default one would hand our token to a proxy that the environment names. Connections are
 * not kept: a reused one that breaks leaves open whether the request was accepted.
 */
const agent = new Agent({ keepAlive: false, ...NO_SERVER_NAME });

/**
 * One request and its whole answer. The caller says what `T` is: both sides agreed on a protocol, and a validating
 * library would cost a command more than its request.
 */
export async function call<T>(door: Door, asked: Call): Promise<Result<T, CallFailure>> {
  const limit = asked.timeoutMs === null ? undefined : AbortSignal.timeout(asked.timeoutMs);
  const what = { ...asked, signal: AbortSignal.any([limit, asked.signal].filter((one) => one !== undefined)) };
  const opened = await exchange(door, what);
  if (!opened.ok) return opened;
  try {
    return ok(JSON.parse(await textOf(opened.value)) as T);
  } catch (error) {
    return err(lost(door, what, error));
  }
}

/** Resolves when the head of a good answer is there; its body is the caller's to read. */
export async function exchange(door: Door, what: Call): Promise<Result<IncomingMessage, CallFailure>> {
  const opened = await send(door, what);
  if (!opened.ok) return opened;
  const { statusCode = 0 } = opened.value;
  if (statusCode >= 200 && statusCode < 300) return opened;
  const text = await textOf(opened.value).catch(() => '');
  const [first, ...others] = fromProblem(statusCode, parsed(text));
  return err(callFailure('answered', first, others));
}

async function send(door: Door, what: Call): Promise<Result<IncomingMessage, CallFailure>> {
  const way = await wayTo(door);
  if (!way.ok) return way;
  const { promise, resolve } = Promise.withResolvers<Result<IncomingMessage, CallFailure>>();
  const body = what.body === undefined ? undefined : JSON.stringify(what.body);
  const { method, path, signal } = what;
  let connected = false;
  const { ask, options, whenConnected } = way.value;
  const outgoing = ask({ ...options, method, path, headers: headersOf(door, what, body), signal });
  // Before that, not a byte of the request has left.
  outgoing.once('socket', (socket) => socket.once(whenConnected, () => (connected = true)));
  outgoing.once('response', (response) => {
    resolve(ok(response));
  });
  outgoing.on('error', (error) => {
    resolve(connected ? err(lost(door, what, error)) : unreached(door, what, error));
  });
  outgoing.end(body);
  return promise;
}

/** What encryption needs is loaded for those who go to another machine only. */
async function wayTo({ address }: Door): Promise<Result<Way, CallFailure>> {
  if (!('tls' in address)) return ok({ ask: request, options: { ...address, agent }, whenConnected: 'connect' });
  const { secureWay } = await import('./secure.ts');
  const { host, port, tls } = address;
  const way = secureWay(tls);
  if (!way.ok) return err(callFailure('denied', way.error));
  return ok({ ...way.value, options: { ...way.value.options, host, port }, whenConnected: 'secureConnect' });
}

function headersOf(door: Door, what: Call, body: string | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    ...(door.token === null ? {} : { authorization: `Bearer ${door.token}` }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...what.headers,
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) text += String(piece);
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The connection was never made, or not with whom it was meant for. */
async function unreached(door: Door, what: Call, error: Error): Promise<Result<never, CallFailure>> {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = 'A sandbox or another user may be the reason; --direct does without the orchestrator.';
    const message = `the system does not let this program connect to ${door.name} (${code})`;
    return err(callFailure('denied', failure('unavailable', message, { hint })));
  }
  if (timedOut(what.signal)) return err(unavailable('absent', `${door.name} cannot be reached in time`));
  const untrusted = 'tls' in door.address ? await untrustworthy(door, error) : undefined;
  if (untrusted !== undefined) return err(callFailure('denied', untrusted));
  return err(unavailable('absent', `${door.name} cannot be reached (${code || error.message})`));
}

async function untrustworthy(door: Door, error: Error): Promise<Failure | undefined> {
  const { certificateProblem } = await import('./secure.ts');
  return certificateProblem(door.name, error);
}

/** Bytes may have left. */
export function lost(door: Door, what: Pick<Call, 'signal' | 'headers'>, error: unknown): CallFailure {
  if (timedOut(what.signal)) {
    const key = what.headers?.[IDEMPOTENCY_KEY];
    const again = key === undefined ? '' : ` Ask again with --key ${key}: that does nothing twice.`;
    const hint = `It may be stopped or very busy: provisioning orchestrator doctor.${again}`;
    return unavailable('silent', `${door.name} did not answer in time`, { hint });
  }
  const why = error instanceof Error ? error.message : String(error);
  return unavailable('broken', `${door.name} ended the connection without an answer (${why})`);
}

const timedOut = (signal: AbortSignal | undefined): boolean =>
  signal?.reason instanceof Error && signal.reason.name === 'TimeoutError';
