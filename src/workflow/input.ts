import type { Pause } from '../domain/pause.ts';
import type { Event } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { JsonRecord } from '../domain/json.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { ResourceChange } from '../domain/resource.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';

/** What the world tells a run. */
export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'adopt' }
  | { readonly type: 'cancel'; readonly reason: string }
  /** The run is over one of its times. */
  | { readonly type: 'expire'; readonly failure: Failure }
  | ({ readonly type: 'pause' } & Pause)
  | { readonly type: 'resume' }
  /** Does settled tasks again; the run may have ended. */
  | {
      readonly type: 'redo';
      readonly tasks: readonly number[];
      readonly reason: string;
      /** What was changed in the definition before. */
      readonly amended?: readonly string[];
    }
  | {
      readonly type: 'resolve';
      readonly task: number;
      readonly as: 'completed' | 'failed';
      readonly message: string | null;
      readonly result: JsonRecord;
    }
  | {
      readonly type: 'progressed';
      readonly task: number;
      readonly fence: string;
      readonly progress: number | null;
      readonly message: string | null;
    }
  /** The task waits for a run that it submitted; it waits for it no more. */
  | { readonly type: 'wait' | 'waited'; readonly task: number; readonly child: string }
  | { readonly type: 'ended'; readonly task: number; readonly fence: string; readonly outcome: AttemptOutcome };

/** What the world is asked to do once the events are durable. */
export type Effect =
  | { readonly type: 'kill'; readonly task: number }
  /** It waits for no run any more: it is to get its slot back, which is an event of its own. */
  | { readonly type: 'return'; readonly task: number; readonly child: string }
  | { readonly type: 'settled'; readonly outcome: RunOutcome };

export interface Advanced {
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
  /** Inventory changes that the settlement of a task brings. */
  readonly resources: readonly { readonly task: number; readonly changes: readonly ResourceChange[] }[];
}
