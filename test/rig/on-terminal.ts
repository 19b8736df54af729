import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { programArgv } from './program.ts';
import { createScreen } from './screen.ts';
import type { Screen } from './screen.ts';

export const hasTerminals: boolean = spawnSync('python3', ['-c', 'import pty']).status === 0;
if (!hasTerminals) console.warn('python3 is not installed: nothing is tested on a terminal');

/** The real program, before a person. */
export interface OnTerminal {
  readonly pid: number;
  /** Minus the number of the signal that ended it. Resolves when all is known of what it showed. */
  readonly exited: Promise<number>;
  /** What a terminal makes of it. */
  readonly screen: Screen;
  type(text: string): void;
  /** Gives its window another size. */
  resize(columns: number, rows: number): void;
  /** Takes no more of what it writes (Ctrl-S), and takes it again. */
  stop(): void;
  go(): void;
  /** Closes its window. */
  hangUp(): void;
  shown(): string;
  /** Resolves when what was shown has matched; rejects when the program has ended without. */
  saw(pattern: RegExp): Promise<void>;
  /** Resolves when what stands on the screen matches; rejects when the program has ended without. */
  sees(pattern: RegExp): Promise<void>;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than ours: a shell. */
  readonly program?: readonly [string, ...string[]];
  /** What stands on the screen already. */
  readonly above?: string;
}

export const CTRL_C = '\u0003';

export async function onTerminal(
  home: Home,
  args: readonly string[],
  { columns = 80, rows = 24, env = {}, program = programArgv(), above = '' }: TerminalOptions = {},
): Promise<OnTerminal> {
  const argv = [join(import.meta.dirname, 'on-terminal.py'), `${columns}x${rows}`, ...program, ...args];
  const environment = { ...home.env, TERM: 'xterm', ...env };
  const child = spawn('python3', argv, { cwd: home.workspace, env: environment, stdio: 'pipe' });
  const screen = createScreen(columns, rows);
  screen.write(above.replaceAll('\n', '\r\n'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    shown += piece;
    screen.write(piece);
  });
  child.stdin.on('error', () => undefined);
  const said = createInterface({ input: child.stderr });
  const { promise: pid, resolve: tellPid } = Promise.withResolvers<number>();
  const { promise: ended, resolve: tellExit, reject } = Promise.withResolvers<number>();
  // The last that was shown and the exit code come by two ways: both have to be here.
  const exited = Promise.all([ended, once(child, 'close')]).then(([code]) => code);
  said.on('line', (line) => {
    if (line.startsWith('pid ')) tellPid(Number(line.slice(4)));
    else if (line.startsWith('exit ')) tellExit(Number(line.slice(5)));
    else reject(new Error(line));
  });
  const until = async (pattern: RegExp, text: () => Promise<string> | string): Promise<void> => {
    for (let hasEnded = false; ;) {
      const before = shown.length;
      const now = await text();
      if (pattern.test(now)) return;
      // What came while the screen was looked at stands on it the next time, and may be the last that comes.
      if (shown.length > before) continue;
      if (hasEnded) throw new Error(`${pattern} was never shown:\n${now}`);
      hasEnded = !Array.isArray(await Promise.race([once(child.stdout, 'data'), exited]));
    }
  };
  const order = (what: string): void => void child.stdin.write(`\u001b]${what}\u0007`);
  return {
    pid: await pid,
    exited,
    screen,
    type: (text) => void child.stdin.write(text),
    resize: (wide, high) => {
      order(`size;${wide};${high}`);
    },
    stop: () => {
      order('stop');
    },
    go: () => {
      order('go');
    },
    hangUp: () => void child.kill('SIGUSR1'),
    shown: () => shown,
    saw: (pattern) => until(pattern, () => shown),
    sees: (pattern) => until(pattern, async () => (await screen.lines()).join('\n')),
  };
}
