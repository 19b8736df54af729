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
  /** One line, without its newline; `undefined` when there is none to come. */
  ask(question: string): Promise<string | undefined>;
  /** Calls `listener` at each Ctrl-C (and TERM) instead of ending the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}
