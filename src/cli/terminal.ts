import type { Terminal } from '../dispatch/terminal.ts';
import { styleOf, wantsColour } from '../presentation/style.ts';
import type { ColourQuestion } from '../presentation/style.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** This process's own streams. A reader that goes away (`| head`) is no error. */
export function createTerminal(facts: Pick<ColourQuestion, 'noColor' | 'ci' | 'terminal'>): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    out: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    style(of, refused) {
      const isTerminal = of === 'out' ? process.stdout.isTTY : process.stderr.isTTY;
      return styleOf(wantsColour({ ...facts, isTerminal, refused }));
    },
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
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
    return await Promise.race([reader.question(question), closed]);
  } finally {
    reader.close();
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  // A terminal whose window was closed. oclif listens after us, and lets closed pipes pass only.
  if (error.code === 'EIO') error.code = 'EPIPE';
  if (error.code !== 'EPIPE') throw error;
}
