import type { Event, TaskEvent } from '../domain/event.ts';
import type { ResourceChange } from '../domain/resource.ts';
import type { Effect } from './input.ts';
import { applyEvent } from './view.ts';
import type { RunView } from './view.ts';

/** One input on its way through `advance`: what has been decided so far. */
export interface Turn {
  readonly view: RunView;
  readonly now: number;
  readonly events: Event[];
  readonly effects: Effect[];
  readonly resources: { task: number; changes: readonly ResourceChange[] }[];
}

/** What is decided is so at once, for whatever is decided next. */
export function record(turn: Turn, event: Event | TaskEvent): void {
  turn.events.push(event);
  applyEvent(turn.view, event, turn.now);
}
