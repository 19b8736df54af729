import type { TaskDocument } from '../../api/documents.ts';

/** Characters of one column each, for terminals that show them, and their likes in ASCII. */
export interface Symbols {
  readonly of: Readonly<Record<TaskDocument['status'] | 'waiting', string>>;
  readonly output: string;
  readonly full: string;
  readonly empty: string;
  readonly ellipsis: string;
  readonly dot: string;
}

export const symbolsOf = (unicode: boolean): Symbols => (unicode ? UNICODE : ASCII);

const UNICODE: Symbols = {
  of: {
    completed: '✔',
    failed: '✖',
    unknown: '?',
    cancelled: '■',
    skipped: '↷',
    running: '●',
    pending: '○',
    waiting: '↻',
  },
  output: '│',
  full: '━',
  empty: '─',
  ellipsis: '…',
  dot: '·',
};

const ASCII: Symbols = {
  of: {
    completed: 'v',
    failed: 'x',
    unknown: '?',
    cancelled: '#',
    skipped: '-',
    running: '*',
    pending: '.',
    waiting: '~',
  },
  output: '|',
  full: '=',
  empty: '-',
  ellipsis: '~',
  dot: '-',
};
