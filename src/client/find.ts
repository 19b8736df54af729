import { readFileSync } from 'node:fs';
import { parseDescriptor } from '../api/descriptor.ts';
import type { Descriptor } from '../api/descriptor.ts';
import { paths } from '../api/paths.ts';
import type { Health } from '../api/responses.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { callFailure } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Door } from './exchange.ts';
import { readToken } from './token.ts';

/** An orchestrator that answered. Whether it understands us is `judge`'s to say. */
export interface Found {
  readonly door: Door;
  readonly health: Health;
  /** `null` for one on another machine. */
  readonly descriptor: Descriptor | null;
}

/** What `Paths` calls them. */
export interface FindFiles {
  readonly descriptor: string;
  readonly token: string;
}

/** `undefined`: nobody is there. One that hangs, or that may not be talked to, is a failure: it must not be doubled. */
export async function find(files: FindFiles, timeoutMs: number): Promise<Result<Found | undefined, CallFailure>> {
  const descriptor = readDescriptor(files.descriptor);
  if (descriptor === undefined) return ok(undefined);
  const token = readToken(files.token);
  if (!token.ok) return err(callFailure('denied', token.error));
  const address = { socketPath: descriptor.socket };
  const door = { address, token: token.value ?? null, name: `the orchestrator (pid ${descriptor.pid})` };
  const found = await greet(door, descriptor, timeoutMs);
  if (found.ok) return found;
  // One that died in the middle of its answer is not there either.
  return found.error.reason === 'absent' || found.error.reason === 'broken' ? ok(undefined) : found;
}

/** The handshake. Its answer is the same in all protocols. */
export async function greet(
  door: Door,
  descriptor: Descriptor | null,
  timeoutMs: number,
): Promise<Result<Found, CallFailure>> {
  const health = await call<Health>({ ...door, token: null }, { method: 'GET', path: paths.health, timeoutMs });
  return health.ok ? ok({ door, health: health.value, descriptor }) : health;
}

export function readDescriptor(file: string): Descriptor | undefined {
  try {
    return parseDescriptor(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
