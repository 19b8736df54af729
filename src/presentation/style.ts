/** Colours and weights, or nothing at all. */
export interface Style {
  readonly colour: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export const styleOf = (colour: boolean): Style => {
  const between = (open: number, close: number) => (text: string) =>
    colour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    colour,
    bold: between(1, 22),
    dim: between(2, 22),
    red: between(31, 39),
    green: between(32, 39),
    yellow: between(33, 39),
    cyan: between(36, 39),
  };
};

export interface ColourQuestion {
  readonly isTerminal: boolean;
  /** `--no-color` */
  readonly refused: boolean;
  readonly noColor: boolean;
  readonly ci: boolean;
  /** `TERM` */
  readonly terminal: string | undefined;
}

/** Only where somebody looks at it, and nobody has said no. */
export const wantsColour = (question: ColourQuestion): boolean =>
  question.isTerminal && !question.refused && !question.noColor && !question.ci && question.terminal !== 'dumb';

/** A status word in its colour. */
export function statusStyle(status: string, style: Style): (text: string) => string {
  switch (status) {
    case 'completed':
    case 'created':
      return (text) => style.green(text);
    case 'failed':
    case 'unknown':
      return (text) => style.red(text);
    case 'cancelled':
    case 'cancelling':
    case 'skipped':
    case 'paused':
      return (text) => style.yellow(text);
    case 'running':
      return (text) => style.cyan(text);
    default:
      return (text) => text;
  }
}
