/** Colours and weights, or nothing at all. */
export interface Style {
  readonly colour: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
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

/** A picture that changes is for those who look at it; without colours it is one all the same. */
export const wantsPicture = ({ isTerminal, ci, terminal }: Omit<ColourQuestion, 'refused' | 'noColor'>): boolean =>
  isTerminal && !ci && terminal !== 'dumb';

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
