import type { Failure } from './failure.ts';
import type { JsonRecord } from './json.ts';
import type { TaskEvent } from './event.ts';
import { unexpected } from './unexpected.ts';

/**
 * One operation inside a run. All times are milliseconds since 1970.
 *
 * ```
 *            task.started            task.completed
 *  pending ───────────────▶ running ───────────────▶ completed
 *   │  ▲ ▲                  │ │ │ │
 *   │  │ └─ task.retrying ──┘ │ │ │   (a further attempt, not before `notBefore`)
 *   │  └─── task.requeued ────┘ │ │   (the claim was revoked before its process began)
 *   │                           │ └─ task.failed ──▶ failed
 *   │                           └─── task.unknown ─▶ unknown ── task.resolved ──▶ completed | failed
 *   │                       running ── task.waiting ─▶ running (for its child runs) ── task.resumed ─▶ running
 *   ├─ task.skipped ───▶ skipped     (a dependency did not end as it should)
 *   └─ task.cancelled ─▶ cancelled   (also from running)
 *
 *  every settled state and unknown ── task.reset ──▶ pending
 * ```
 */
export type TaskState =
  | {
      readonly status: 'pending';
      /** Attempts that have ended. */
      readonly attempts: number;
      readonly startedAt: number | null;
      /** A retry waits until then; 0 when nothing is waited for. */
      readonly notBefore: number;
      readonly lastFailure: Failure | null;
      /** Why an attempt that was begun on record did not begin after all. */
      readonly putBack?: string | undefined;
      /** Attempts made before a person asked for more: the retry policy counts from there. */
      readonly attemptsBefore?: number | undefined;
    }
  | {
      readonly status: 'running';
      /** Counts from 1. */
      readonly attempts: number;
      /** Names this attempt for good: results that carry another fence are evidence, never applied. */
      readonly fence: string;
      /** When the first attempt started. */
      readonly startedAt: number;
      readonly attemptStartedAt: number;
      /** Per cent, 0–100. */
      readonly progress: number | null;
      readonly message: string | null;
      readonly attemptsBefore?: number | undefined;
      /** Runs that it submitted and waits for: it takes no slot meanwhile. Never empty. */
      readonly waitsFor?: readonly string[] | undefined;
    }
  | (Settled & { readonly status: 'completed'; readonly message: string | null; readonly result: JsonRecord })
  | (Settled & { readonly status: 'failed'; readonly failure: Failure })
  | (Settled & { readonly status: 'unknown'; readonly failure: Failure })
  | (Settled & { readonly status: 'cancelled' })
  | (Settled & { readonly status: 'skipped'; readonly because: string; readonly wanted?: 'failure' | undefined });

interface Settled {
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly finishedAt: number;
}

export type TaskStatus = TaskState['status'];

export const NEW_TASK: TaskState = {
  status: 'pending',
  attempts: 0,
  startedAt: null,
  notBefore: 0,
  lastFailure: null,
};

/** `at` is when the event happened. Throws on an illegal pair: the caller decided wrongly, which is a bug. */
export function transitionTask(state: TaskState, event: TaskEvent, at: number): TaskState {
  if (state.status === 'pending') return fromPending(state, event, at);
  if (state.status === 'running') return fromRunning(state, event, at);
  if (event.type === 'task.reset') return reset(state);
  if (state.status === 'unknown' && event.type === 'task.resolved') return resolved(state, event, at);
  throw illegal(state, event);
}

function reset({ attempts, startedAt }: Settled): TaskState {
  return { status: 'pending', attempts, startedAt, notBefore: 0, lastFailure: null, attemptsBefore: attempts };
}

function resolved(
  state: TaskState & { status: 'unknown' },
  event: TaskEvent & { type: 'task.resolved' },
  at: number,
): TaskState {
  const settled = { attempts: state.attempts, startedAt: state.startedAt, finishedAt: at };
  const { message } = event;
  if (event.as === 'completed') return { status: 'completed', ...settled, message, result: event.result };
  return { status: 'failed', ...settled, failure: { code: 'work_failed', message: message ?? state.failure.message } };
}

function fromPending(state: TaskState & { status: 'pending' }, event: TaskEvent, at: number): TaskState {
  const settled = { attempts: state.attempts, startedAt: state.startedAt, finishedAt: at };
  switch (event.type) {
    case 'task.started':
      return {
        status: 'running',
        attempts: event.attempt,
        fence: event.fence,
        startedAt: state.startedAt ?? at,
        attemptStartedAt: at,
        progress: null,
        message: null,
        attemptsBefore: state.attemptsBefore,
      };
    case 'task.skipped':
      // Attempts of an earlier round did start; this time nothing does.
      return { status: 'skipped', ...settled, startedAt: null, because: event.because, wanted: event.wanted };
    case 'task.cancelled':
      return { status: 'cancelled', ...settled };
    default:
      throw illegal(state, event);
  }
}

function fromRunning(state: TaskState & { status: 'running' }, event: TaskEvent, at: number): TaskState {
  const settled = { attempts: state.attempts, startedAt: state.startedAt, finishedAt: at };
  switch (event.type) {
    case 'task.progress':
      return { ...state, progress: event.progress ?? state.progress, message: event.message ?? state.message };
    case 'task.waiting':
      return { ...state, waitsFor: [...waitsOf(state), event.child] };
    case 'task.resumed': {
      const left = waitsOf(state).filter((child) => child !== event.child);
      return { ...state, waitsFor: left.length === 0 ? undefined : left };
    }
    case 'task.retrying':
      return {
        status: 'pending',
        attempts: state.attempts,
        startedAt: state.startedAt,
        notBefore: event.not_before,
        lastFailure: event.failure,
        attemptsBefore: state.attemptsBefore,
      };
    case 'task.requeued': {
      const attempts = state.attempts - 1;
      const startedAt = attempts === 0 ? null : state.startedAt;
      const { attemptsBefore } = state;
      const putBack = event.reason;
      return { status: 'pending', attempts, startedAt, notBefore: 0, lastFailure: null, putBack, attemptsBefore };
    }
    case 'task.completed':
      return { status: 'completed', ...settled, ...endOf(event), message: event.message, result: event.result };
    case 'task.failed':
      return { status: 'failed', ...settled, ...endOf(event), failure: event.failure };
    case 'task.unknown':
      return { status: 'unknown', ...settled, failure: event.failure };
    case 'task.cancelled':
      return { status: 'cancelled', ...settled };
    case 'task.started':
    case 'task.skipped':
    case 'task.resolved':
    case 'task.reset':
      throw illegal(state, event);
    default:
      return unexpected(event);
  }
}

const endOf = ({ ended_at }: { ended_at?: number | undefined }): { finishedAt?: number } =>
  ended_at === undefined ? {} : { finishedAt: ended_at };

/** The child runs that a task waits for. */
export const waitsOf = (state: TaskState): readonly string[] =>
  state.status === 'running' ? (state.waitsFor ?? []) : [];

const illegal = (state: TaskState, event: TaskEvent): Error =>
  new Error(`Internal error: a ${state.status} task cannot take ${event.type}`);
