import { Agent, request } from 'node:http';
import type { Home } from './daemon.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly path: string;
  /** `null` leaves a header out that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as it stands. */
  readonly body?: string;
  /** By TCP instead of the socket. */
  readonly port?: number;
}

/** A request such as `curl` sends it, with a good token unless told otherwise. */
export function ask(home: Home, { method = 'GET', path, headers = {}, body, port }: Ask): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const all: Record<string, string | null> = {
    authorization: `Bearer ${home.token()}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const address = port === undefined ? { socketPath: home.descriptor()?.socket } : { host: '127.0.0.1', port };
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
  const outgoing = request({ ...address, method, path, headers: sent, agent: new Agent() });
  outgoing.on('error', reject);
  outgoing.on('response', (response) => {
    response.setEncoding('utf8');
    let text = '';
    response.on('data', (piece: string) => (text += piece));
    response.on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
    });
  });
  outgoing.end(body);
  return promise;
}

export const post = (home: Home, path: string, body: unknown, headers: Ask['headers'] = {}): Promise<Answer> =>
  ask(home, { method: 'POST', path, body: JSON.stringify(body), headers });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
