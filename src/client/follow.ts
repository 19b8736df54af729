import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventDocument } from '../api/documents.ts';
import { EVENT_STREAM_TYPE, HEARTBEAT_MS, createEventParser } from '../api/event-stream.ts';
import { paths } from '../api/paths.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import { exchange, lost } from './exchange.ts';
import type { Door } from './exchange.ts';
import type { Found } from './find.ts';

export interface FollowOptions {
  /** Events with a greater `seq`; 0 for all. */
  readonly after: number;
  readonly onEvent: (event: EventDocument) => void;
  /** The stream is there, or was cut and is to be found again. */
  readonly onConnection?: ((isOpen: boolean) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FollowReach {
  /** Called again after each cut: an orchestrator that was killed has a successor. */
  readonly connect: () => Promise<Result<Found, CallFailure>>;
  readonly timeoutMs: number;
}

/** A stream that carries nothing for so long, not even a heartbeat, is dead. */
const SILENCE_MS = 3 * HEARTBEAT_MS;
/** One that lived so long did not die of what it met as it started. */
const SETTLED_MS = 10_000;
/** What each successor brings about before it may die of the same as its predecessor: no step ahead. */
const OF_EVERY_START = new Set(['run.accepted', 'run.started', 'run.adopted', 'task.requeued', 'task.started']);
/** Waits between tries that brought nothing new. */
const PAUSES_MS = [0, 100, 300, 1000, 3000];

/**
 * Hands over every event of a run once and in order, over as many connections as it takes. Resolves when the run has
 * ended (`finished`) or `signal` fired.
 */
export async function follow(
  reach: FollowReach,
  id: string,
  options: FollowOptions,
): Promise<Result<{ readonly finished: boolean }, CallFailure>> {
  const { signal } = options;
  let seen = options.after;
  let finished = false;
  let isFurther = false;
  const take = (event: EventDocument): void => {
    if (event.seq <= seen) return;
    seen = event.seq;
    finished = event.type === 'run.finished';
    isFurther ||= !OF_EVERY_START.has(event.type);
    options.onEvent(event);
  };
  for (let failures = 0; ; failures += 1) {
    const began = performance.now();
    const problem = await connection(reach, id, { ...options, after: seen, onEvent: take });
    if (signal?.aborted === true) return ok({ finished });
    if (finished || problem === 'ended') return ok({ finished: true });
    options.onConnection?.(false);
    if (isFurther || performance.now() - began >= SETTLED_MS) failures = 0;
    isFurther = false;
    const wait = PAUSES_MS[failures];
    if (wait === undefined || problem.reason === 'answered' || problem.reason === 'silent' || problem.isFinal === true)
      return err(problem);
    await pause(wait, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

async function connection(
  { connect, timeoutMs }: FollowReach,
  id: string,
  options: FollowOptions,
): Promise<'ended' | CallFailure> {
  const found = await connect();
  if (!found.ok) return found.error;
  const opened = await open(found.value.door, id, { ...options, timeoutMs });
  if (!opened.ok) return opened.error;
  options.onConnection?.(true);
  return read(opened.value, found.value.door, options);
}

async function open(
  door: Door,
  id: string,
  { after, signal, timeoutMs }: FollowOptions & { timeoutMs: number },
): Promise<Result<IncomingMessage, CallFailure>> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => {
    tooLate.abort(new DOMException('no answer', 'TimeoutError'));
  }, timeoutMs);
  const headers = { accept: EVENT_STREAM_TYPE, 'last-event-id': String(after) };
  const signals = [tooLate.signal, signal].filter((one) => one !== undefined);
  const what = { method: 'GET', path: paths.events(id), headers, timeoutMs, signal: AbortSignal.any(signals) } as const;
  return exchange(door, what).finally(() => {
    clearTimeout(timer);
  });
}

async function read(response: IncomingMessage, door: Door, options: FollowOptions): Promise<'ended' | CallFailure> {
  const parse = createEventParser(options.onEvent);
  const timer = setTimeout(() => response.destroy(), SILENCE_MS);
  response.setEncoding('utf8');
  try {
    for await (const piece of response) {
      timer.refresh();
      if (parse(String(piece))) return 'ended';
    }
    return lost(door, {}, 'the stream was cut');
  } catch (error) {
    return lost(door, {}, error);
  } finally {
    clearTimeout(timer);
  }
}
