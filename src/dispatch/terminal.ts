import type { Size } from '../presentation/live/frame.ts';
import type { Line } from '../presentation/live/line.ts';
import type { Style } from '../presentation/style.ts';

/** The person or script on the other side. Data goes to `out`, everything else to `note`. */
export interface Terminal {
  out(text: string): void;
  note(text: string): void;
  /** `colourless`: `--no-color`. */
  style(of: 'out' | 'note', colourless: boolean): Style;
  /** Somebody sees the notes and can answer. */
  readonly isInteractive: boolean;
  readonly noteIsTerminal: boolean;
  /** Its user's language is written in UTF-8. */
  readonly unicode: boolean;
  /** Of the terminal that data goes to; `undefined` where it is none. */
  readonly columns: number | undefined;
  /** A part of the screen for a picture that changes; `undefined` where nobody would see one. One at a time. */
  live(): Promise<LiveScreen | undefined>;
  /** One line, without its newline; `undefined` when there is none to come. */
  ask(question: string): Promise<string | undefined>;
  /** Calls `listener` at each Ctrl-C (and TERM) instead of ending the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

/** What `paint` says stands at the bottom of the screen; notes go above it. */
export interface LiveScreen {
  /**
   * Returns at once. `paint` is called when the terminal is ready for a picture, and again after a resize; of pictures
   * that come faster than the terminal takes them only the newest is shown.
   */
  readonly show: (paint: (size: Size) => readonly Line[]) => void;
  /** Resolves when nothing of it is left on the screen. */
  readonly end: () => Promise<void>;
}
