import type { Pause } from './pause.ts';
import type { RunEvent } from './event.ts';
import type { Failure } from './failure.ts';
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
  | (Timing & { readonly status: 'running'; readonly startedAt: number })
  /** Starts nothing; what runs goes on. `startedAt` is null when it was paused before it started. */
  | (Timing & {
      readonly status: 'paused';
      readonly startedAt: number | null;
      readonly since: number;
    } & Pause)
  | {
      readonly status: 'cancelling';
      readonly startedAt: number | null;
      readonly reason: string;
      /** What ends it, where nobody asked for that: its time is over. */
      readonly failure?: Failure | undefined;
    }
  | {
      readonly status: RunOutcome;
      readonly startedAt: number | null;
      readonly finishedAt: number;
      readonly failure?: Failure | undefined;
    };

/** What the timeouts of a run are measured by. */
interface Timing {
  /** Milliseconds that it was paused, since it was reopened: they count against no timeout. */
  readonly pausedMs?: number | undefined;
  /** Its timeouts begin anew there. */
  readonly reopenedAt?: number | undefined;
}

export type RunStatus = RunState['status'];

/** Throws on an illegal pair: the caller decided wrongly, which is a bug. */
export function transitionRun(state: RunState, event: RunEvent, at: number): RunState {
  const startedAt = 'startedAt' in state ? state.startedAt : null;
  if (isOutcome(state.status) !== (event.type === 'run.reopened')) throw illegal(state, event);
  switch (event.type) {
    case 'run.accepted':
    case 'run.adopted':
    case 'run.amended':
      return state;
    case 'run.started':
      if (state.status !== 'queued') throw illegal(state, event);
      return { status: 'running', startedAt: at };
    case 'run.paused':
      if (state.status !== 'queued' && state.status !== 'running') throw illegal(state, event);
      return { ...timingOf(state), status: 'paused', startedAt, since: at, reason: event.reason, wants: event.wants };
    case 'run.resumed':
      if (state.status !== 'paused') throw illegal(state, event);
      return {
        ...timingOf(state),
        status: 'running',
        startedAt: startedAt ?? at,
        pausedMs: (state.pausedMs ?? 0) + Math.max(0, at - state.since),
      };
    case 'run.reopened':
      return { status: 'running', startedAt: startedAt ?? at, reopenedAt: at };
    case 'run.cancelling':
      return { status: 'cancelling', startedAt, reason: event.reason, failure: event.failure };
    case 'run.finished':
      return { status: event.outcome, startedAt, finishedAt: at, failure: failureOf(state, event.outcome) };
    default:
      return unexpected(event);
  }
}

const timingOf = (state: RunState): Timing =>
  'pausedMs' in state || 'reopenedAt' in state ? { pausedMs: state.pausedMs, reopenedAt: state.reopenedAt } : {};

/** A run that had completed all the same was in time. */
const failureOf = (state: RunState, outcome: RunOutcome): Failure | undefined =>
  state.status === 'cancelling' && outcome !== 'completed' ? state.failure : undefined;

const illegal = (state: RunState, event: RunEvent): Error =>
  new Error(`Internal error: a ${state.status} run cannot take ${event.type}`);
