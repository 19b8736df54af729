import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { removeHome } from './home.ts';
import type { Home } from './home.ts';
import { run } from './program.ts';

/** How long processes that were told to go may take to vanish from the system's list. */
const GOING_MS = 3000;
const LOOK_AGAIN_MS = 10;

/**
 * The end of a test: its orchestrator is stopped in the ordinary way, and then no process of this home may be left.
 * Throws if one is, after ending it, so that one test's leak is not the next one's.
 */
export async function closeHome(home: Home): Promise<void> {
  try {
    const stopped = existsSync(`${home.dataDir}/daemon.json`)
      ? await run(home, ['orchestrator', 'stop', '--now'])
      : undefined;
    const left = await leftOver(home);
    for (const { pid } of left) kill(pid);
    if (left.length > 0) throw new Error(`left behind: ${left.map(({ pid, line }) => `${pid} ${line}`).join('; ')}`);
    if (stopped !== undefined && stopped.code !== 0)
      throw new Error(`the orchestrator did not stop: ${stopped.stderr}`);
  } finally {
    removeHome(home);
  }
}

interface Process {
  readonly pid: number;
  readonly line: string;
}

async function leftOver(home: Home): Promise<readonly Process[]> {
  for (const deadline = Date.now() + GOING_MS; ;) {
    const found = [...processesOf(home), ...connectionsOf(home)];
    if (found.length === 0 || Date.now() > deadline) return found;
    await pause(LOOK_AGAIN_MS);
  }
}

/** Connections to hosts that tasks share: ssh writes a title over its environment as soon as it is one. */
export const connectionsOf = ({ root }: Pick<Home, 'root'>): readonly Process[] =>
  processes().filter(({ line }) => line.startsWith(`ssh: ${root}/`));

/** Those that have the home in their environment. The dead that nobody has buried yet do not count. */
export const processesOf = ({ root }: Pick<Home, 'root'>): readonly Process[] =>
  processes().filter(({ pid }) => {
    const isOurs = read(`/proc/${pid}/environ`).includes(`${root}/`);
    return isOurs && !/\) Z /.test(read(`/proc/${pid}/stat`));
  });

const processes = (): readonly Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => ({ pid: Number(pid), line: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }));

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** `kill -9` of what may be gone by now. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself meanwhile.
  }
}
