import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { removeHome } from './home.ts';
import type { Home } from './home.ts';
import { kill, lineOf, pids, text } from './processes.ts';
import { run } from './program.ts';

/** How long processes that were told to go may take to vanish from the system's list, on a machine that has much to do. */
const GOING_MS = 30_000;
const LOOK_AGAIN_MS = 10;

/**
 * The end of a test: its orchestrator is stopped in the ordinary way, and then no process of this home may be left.
 * Throws if one is, after ending it, so that one test's leak is not the next one's.
 */
export async function closeHome(home: Home, goingMs = GOING_MS): Promise<void> {
  try {
    const stopped = existsSync(`${home.dataDir}/daemon.json`)
      ? await run(home, ['orchestrator', 'stop', '--now'])
      : undefined;
    const left = await leftOver(home, goingMs);
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

async function leftOver(home: Home, goingMs: number): Promise<readonly Process[]> {
  for (const deadline = Date.now() + goingMs; ;) {
    const found = [...processesOf(home), ...connectionsOf(home)];
    if (found.length === 0 || Date.now() > deadline) return found;
    await pause(LOOK_AGAIN_MS);
  }
}

/** Connections to hosts that tasks share: ssh writes a title over its environment as soon as it is one. */
export const connectionsOf = ({ root }: Pick<Home, 'root'>): readonly Process[] =>
  processes().filter(({ line }) => line.startsWith(`ssh: ${root}/`));

/** Those that have the home in their environment. The dead have none. */
export const processesOf = ({ root }: Pick<Home, 'root'>): readonly Process[] =>
  processes().filter(({ pid }) => text(`/proc/${pid}/environ`).includes(`${root}/`));

const processes = (): readonly Process[] =>
  pids()
    .filter((pid) => pid !== process.pid)
    .map((pid) => ({ pid, line: lineOf(pid) }));
