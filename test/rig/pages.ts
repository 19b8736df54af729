import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Home } from './home.ts';
import { programFolder } from './program.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/docs');

/** The pages for users, by file name. */
export const pages: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
);

/** A fenced block: its language, and what else stands beside that. */
export interface Block {
  readonly language: string;
  /** The file that the block is the content of. */
  readonly file: string;
  readonly body: string;
}

export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm)].map(([, language = '', file = '', body = '']) => ({
    language,
    file,
    body,
  }));

/** A line of a `sh` block, with the exit code that it says it has. */
export interface Line {
  readonly command: string;
  readonly exit: number;
}

export const linesOf = ({ body }: Block): readonly Line[] =>
  body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ command: line, exit: Number(/# exit (\d+)/.exec(line)?.[1] ?? 0) }));

/** Runs a script with bash in the workspace, ending at the first command that fails. */
export async function bash(home: Home, script: string): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: home.workspace,
    env: { ...home.env, PATH: `${programFolder(home)}:${home.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], out, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code: Number(code), output: out + errors };
}
