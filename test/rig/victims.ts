import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { livingOf } from '../../src/adapters/process/kill.ts';
import { claimOf } from '../../src/adapters/process/trace.ts';
import { shimLives } from '../../src/adapters/process/tree.ts';
import type { Paths } from '../../src/config/data-paths.ts';
import { isOfBoot } from '../../src/domain/fence.ts';
import { launchersOf } from './launchers.ts';
import { isDead, kill, lineOf, pids, text } from './processes.ts';
import { until } from './until.ts';

/** Who dies, besides the engine. `launcher`: who started the shims, where that was not the engine. `power cut`: what was not synced is gone too, and the machine has another boot id. */
export const VICTIMS = ['none', 'launcher', 'shim', 'task', 'both', 'reboot', 'power cut'] as const;
export type Victim = (typeof VICTIMS)[number];

export const isRestart = (victim: Victim): boolean => victim === 'reboot' || victim === 'power cut';

/** The boot that a simulated machine was in before it was restarted. */
export const EARLIER_BOOT = '00000000-before';

interface AttemptFolder {
  readonly folder: string;
  readonly marker: string;
}

export function attemptsOf({ tasks }: Paths): AttemptFolder[] {
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap((task) =>
    readdirSync(`${tasks}/${task}`).map((name) => ({
      folder: `${tasks}/${task}/${name}`,
      marker: name.slice(name.indexOf('-') + 1),
    })),
  );
}

export interface Doomed {
  readonly root: string;
  readonly paths: Paths;
}

/** Resolves when they are dead. */
export async function killVictim({ root, paths }: Doomed, victim: Victim): Promise<void> {
  if (victim === 'launcher') await killLaunchers(root);
  else await killVictims(paths, victim);
  if (!isRestart(victim)) return;
  await killAll(root);
  for (const attempt of attemptsOf(paths)) restart(attempt, victim);
}

async function killLaunchers(root: string): Promise<void> {
  const found = launchersOf(root);
  for (const pid of found) kill(pid);
  await until(() => found.every(isDead), 'they are dead');
}

/** The shim before its task, so that it does not see how that ends. */
async function killVictims(paths: Paths, victim: Victim): Promise<void> {
  if (victim === 'none') return;
  const attempts = attemptsOf(paths);
  const killed: number[] = [];
  for (const { folder, marker } of attempts) {
    const claim = claimOf(folder);
    const shim = claim !== undefined && shimLives(claim) ? [claim.pid] : [];
    const tasks = livingOf({ folder, marker }).filter((pid) => !shim.includes(pid));
    const doomed = [...(victim === 'task' ? [] : shim), ...(victim === 'shim' ? [] : tasks)];
    for (const pid of doomed) kill(pid);
    killed.push(...doomed);
  }
  await until(() => killed.every(isDead), 'they are dead');
}

/** As a machine that goes down: also what has just been forked, and does not look like anybody's yet. */
export async function killAll(root: string): Promise<void> {
  const ours = (pid: number): boolean => [lineOf(pid), text(`/proc/${pid}/environ`)].join('\0').includes(`${root}/`);
  await until(() => {
    const left = pids().filter((pid) => pid !== process.pid && ours(pid) && !isDead(pid));
    for (const pid of left) kill(pid);
    return left.length === 0;
  }, 'nothing is left');
}

/** What is left of an attempt after that: a claim of another boot, if anything. */
function restart({ folder, marker }: AttemptFolder, victim: Victim): void {
  if (victim === 'power cut' && isOfBoot(marker, EARLIER_BOOT) === true) return rmSync(folder, { recursive: true });
  const claim = claimOf(folder);
  if (claim === undefined) return;
  const before = readFileSync(`${folder}/claim`, 'utf8');
  writeFileSync(`${folder}/claim`, before.replace(claim.bootId, EARLIER_BOOT));
}
