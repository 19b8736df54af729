import type { Pause } from './pause.ts';
import type { Failure } from './failure.ts';
import type { JsonRecord } from './json.ts';
import type { RunOutcome } from './run-outcome.ts';

/** What happened to a run, in order. State is the fold of these; they are only ever appended. */
export type RunEvent =
  | { readonly type: 'run.accepted' }
  | { readonly type: 'run.started' }
  /** Another engine took the run over after its owner had died. */
  | { readonly type: 'run.adopted' }
  /** `failure`: nobody asked for it, its time is over. */
  | { readonly type: 'run.cancelling'; readonly reason: string; readonly failure?: Failure | undefined }
  /** Its definition was replaced before a retry; `changes` say what differs. */
  | { readonly type: 'run.amended'; readonly changes: readonly string[] }
  | ({ readonly type: 'run.paused' } & Pause)
  | { readonly type: 'run.resumed' }
  /** A person asked for more of a run that had ended: a retry, or an answer to what was unknown. */
  | { readonly type: 'run.reopened'; readonly reason: string }
  | { readonly type: 'run.finished'; readonly outcome: RunOutcome };

/** `task` is the index of the operation in its workflow. */
export type TaskEvent = { readonly task: number } & (
  | { readonly type: 'task.started'; readonly attempt: number; readonly fence: string }
  | { readonly type: 'task.progress'; readonly progress: number | null; readonly message: string | null }
  /** `not_before`, `ended_at`: milliseconds since 1970. `ended_at`: it ended then, while nobody attended to it. */
  | {
      readonly type: 'task.retrying';
      readonly attempt: number;
      readonly failure: Failure;
      readonly not_before: number;
      readonly ended_at?: number | undefined;
    }
  | { readonly type: 'task.requeued'; readonly attempt: number; readonly reason: string }
  | {
      readonly type: 'task.completed';
      readonly attempt: number;
      readonly message: string | null;
      readonly result: JsonRecord;
      readonly ended_at?: number | undefined;
    }
  | {
      readonly type: 'task.failed';
      readonly attempt: number;
      readonly failure: Failure;
      readonly ended_at?: number | undefined;
    }
  | { readonly type: 'task.unknown'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'task.cancelled' }
  /** It waits for a run that it submitted itself: it lets its slot go and lends that run what it holds. */
  | { readonly type: 'task.waiting'; readonly child: string }
  /** It waits for that run no more. If it waits for no other one, it has its slot back. */
  | { readonly type: 'task.resumed'; readonly child: string }
  /** A person said how an unknown task ended. */
  | {
      readonly type: 'task.resolved';
      readonly as: 'completed' | 'failed';
      readonly message: string | null;
      readonly result: JsonRecord;
    }
  /** A person asked for a settled task to be done again. */
  | { readonly type: 'task.reset'; readonly reason: string }
  /** `wanted`: what it waited for was the other one's failure, not its success. */
  | { readonly type: 'task.skipped'; readonly because: string; readonly wanted?: 'failure' | undefined }
);

export type Event = RunEvent | TaskEvent;

export const isTaskEvent = (event: Event): event is TaskEvent => 'task' in event;

/** An event as it stands in the log: `seq` counts from 1 within its run, without gaps; `at` is milliseconds since 1970. */
export type Recorded = Event & { readonly seq: number; readonly at: number };
