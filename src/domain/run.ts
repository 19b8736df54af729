import type { RunEvent } from './event.ts';
import { isOutcome } from './run-outcome.ts';
import type { RunOutcome } from './run-outcome.ts';
import { unexpected } from './unexpected.ts';

/**
 * One execution of a workflow. Times are milliseconds since 1970.
 *
 * ```
 *              run.started           run.finished
 *  queued ──────────────▶ running ─────────────────▶ completed | failed | cancelled | unknown
 *    │                     │  ▲  ◀──────── run.reopened ────────┘         ▲
 *    │          run.paused ▼  │ run.resumed                               │
 *    ├─── run.paused ───▶ paused ──────────────── run.finished ───────────┤
 *    └─ run.cancelling ─▶ cancelling  (from running and paused too) ──────┘
 * ```
 */
export type RunState =
  | { readonly status: 'queued' }
  | { readonly status: 'running'; readonly startedAt: number }
  /** Starts nothing; what runs goes on. `startedAt` is null when it was paused before it started. */
  | { readonly status: 'paused'; readonly startedAt: number | null; readonly since: number; readonly reason: string }
  | { readonly status: 'cancelling'; readonly startedAt: number | null; readonly reason: string }
  | { readonly status: RunOutcome; readonly startedAt: number | null; readonly finishedAt: number };

export type RunStatus = RunState['status'];

/** Throws on an illegal pair: the caller decided wrongly, which is a bug. */
export function transitionRun(state: RunState, event: RunEvent, at: number): RunState {
  const startedAt = 'startedAt' in state ? state.startedAt : null;
  if (isOutcome(state.status) !== (event.type === 'run.reopened')) throw illegal(state, event);
  switch (event.type) {
    case 'run.accepted':
    case 'run.adopted':
      return state;
    case 'run.started':
      if (state.status !== 'queued') throw illegal(state, event);
      return { status: 'running', startedAt: at };
    case 'run.paused':
      if (state.status !== 'queued' && state.status !== 'running') throw illegal(state, event);
      return { status: 'paused', startedAt, since: at, reason: event.reason };
    case 'run.resumed':
      if (state.status !== 'paused') throw illegal(state, event);
      return { status: 'running', startedAt: startedAt ?? at };
    case 'run.reopened':
      return { status: 'running', startedAt: startedAt ?? at };
    case 'run.cancelling':
      return { status: 'cancelling', startedAt, reason: event.reason };
    case 'run.finished':
      return { status: event.outcome, startedAt, finishedAt: at };
    default:
      return unexpected(event);
  }
}

const illegal = (state: RunState, event: RunEvent): Error =>
  new Error(`Internal error: a ${state.status} run cannot take ${event.type}`);
