import type { Handed } from '../engine/engine.ts';
import type { EventDocument } from '../api/documents.ts';
import type { WorkOptions } from './request.ts';

/** Who is shown a run while it goes on. */
export interface Viewer {
  /** Sees changes as a picture: somebody sits there, and can wait. */
  readonly isPerson: boolean;
  /** Every event from the first one on. */
  readonly onEvent: (event: EventDocument) => void;
  /** What holds until it is said otherwise: that nobody attends to the run. `undefined`: all is well. */
  readonly advise: (text: string | undefined) => void;
  /** Resolves when the screen is free for the outcome. */
  end(): Promise<void>;
}

export interface Watched extends Pick<WorkOptions, 'silent' | 'colourless'> {
  readonly id: string;
  /** What was handed over with the run, in case that the orchestrator that had it is gone. */
  readonly handed?: Handed | undefined;
  /** Events up to this one were seen before: they make the picture, but are no news. */
  readonly after?: number | undefined;
}
