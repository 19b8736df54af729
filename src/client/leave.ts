import { paths } from '../api/paths.ts';
import type { StopBody } from '../api/requests.ts';
import type { Result } from '../domain/result.ts';
import type { CallFailure } from './call-failure.ts';
import { call } from './exchange.ts';
import type { Door } from './exchange.ts';

export type StopHow = Partial<StopBody>;

/** The same in all protocols. Resolves when it has left; one that lets its runs end may take days. */
export const leave = (door: Door, how: StopHow, timeoutMs: number | null): Promise<Result<unknown, CallFailure>> =>
  call(door, { method: 'POST', path: paths.stop, body: how, timeoutMs });
