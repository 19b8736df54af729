import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Home } from './home.ts';
import { programArgv } from './program.ts';

export const hasTerminals: boolean = spawnSync('python3', ['-c', 'import pty']).status === 0;
if (!hasTerminals) console.warn('python3 is not installed: nothing is tested on a terminal');

/** The real program, before a person. */
export interface OnTerminal {
  readonly pid: number;
  /** Minus the number of the signal that ended it. */
  readonly exited: Promise<number>;
  type(text: string): void;
  /** Closes its window. */
  hangUp(): void;
  shown(): string;
  /** Resolves when what was shown has matched; rejects when the program has ended without. */
  saw(pattern: RegExp): Promise<void>;
}

export const CTRL_C = '\u0003';

export async function onTerminal(home: Home, args: readonly string[]): Promise<OnTerminal> {
  const argv = [join(import.meta.dirname, 'on-terminal.py'), ...programArgv(), ...args];
  const child = spawn('python3', argv, { cwd: home.workspace, env: { ...home.env, TERM: 'xterm' }, stdio: 'pipe' });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (shown += piece));
  child.stdin.on('error', () => undefined);
  const said = createInterface({ input: child.stderr });
  const { promise: pid, resolve: tellPid } = Promise.withResolvers<number>();
  const { promise: exited, resolve: tellExit, reject } = Promise.withResolvers<number>();
  said.on('line', (line) => {
    if (line.startsWith('pid ')) tellPid(Number(line.slice(4)));
    else if (line.startsWith('exit ')) tellExit(Number(line.slice(5)));
    else reject(new Error(line));
  });
  return {
    pid: await pid,
    exited,
    type: (text) => void child.stdin.write(text),
    hangUp: () => void child.kill('SIGUSR1'),
    shown: () => shown,
    async saw(pattern) {
      while (!pattern.test(shown)) {
        const event = await Promise.race([once(child.stdout, 'data'), exited]);
        if (!Array.isArray(event) && !pattern.test(shown)) throw new Error(`${pattern} was never shown:\n${shown}`);
      }
    },
  };
}
