import type { Terminal } from '../dispatch/terminal.ts';
import { exitCodeOf } from '../domain/failure.ts';
import { lostOutput, lostOutputText } from '../presentation/lost-output.ts';
import { styleOf, wantsColour, wantsPicture } from '../presentation/style.ts';
import type { ColourQuestion } from '../presentation/style.ts';
import type { NotedScreen } from './live-screen.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface TerminalFacts extends Pick<ColourQuestion, 'noColor' | 'ci' | 'terminal'> {
  readonly unicode: boolean;
}

export interface TerminalUse {
  /** The command changes nothing. */
  readonly onlyAsked: boolean;
}

/** This process's own streams. A reader that goes away (`| head`) is no error. */
export function createTerminal({ unicode, ...facts }: TerminalFacts, use: TerminalUse): Terminal {
  let screen: NotedScreen | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isGone(error)) reportLoss(error, use);
    // oclif listens after us, and lets closed pipes pass only.
    error.code = 'EPIPE';
  });
  // Whoever cannot be told about progress and errors still gets the data, the work and the exit code.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    error.code = 'EPIPE';
  });
  return {
    out: (text) => void process.stdout.write(text),
    note: (text) => {
      if (screen === undefined) process.stderr.write(text);
      else screen.note(text);
    },
    unicode,
    get columns() {
      return process.stdout.isTTY ? process.stdout.columns : undefined;
    },
    async live() {
      if (!wantsPicture({ ...facts, isTerminal: process.stderr.isTTY })) return undefined;
      const { createLiveScreen } = await import('./live-screen.ts');
      const opened = createLiveScreen(process.stderr, process.stderr.fd);
      screen = opened;
      const end = async (): Promise<void> => {
        await opened.end();
        screen = undefined;
      };
      return { show: opened.show, end };
    },
    style(of, refused) {
      const isTerminal = of === 'out' ? process.stdout.isTTY : process.stderr.isTTY;
      return styleOf(wantsColour({ ...facts, isTerminal, refused }));
    },
    // Looked at when it is asked for: Node loads a good deal to say what its input is.
    get isInteractive() {
      return process.stderr.isTTY && process.stdin.isTTY;
    },
    noteIsTerminal: process.stderr.isTTY,
    ask,
    onInterrupt(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  };
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => {
    reader.once('close', () => {
      resolve(undefined);
    });
  });
  try {
    const answer = await Promise.race([reader.question(question), closed]);
    if (answer === undefined) process.stderr.write('\n');
    return answer;
  } finally {
    reader.close();
  }
}

/** The reader has what it wanted, or its window was closed. */
const isGone = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'EIO';

/** A script must not believe that it has everything; what the command itself ended as is the stronger word. */
function reportLoss({ message }: Error, use: TerminalUse): void {
  const lost = lostOutput(message, use);
  process.stderr.write(lostOutputText(lost));
  process.once('exit', (code) => {
    if (code === 0) process.exitCode = exitCodeOf(lost.code);
  });
}
