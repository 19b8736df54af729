import { readdirSync, readFileSync, statSync } from 'node:fs';
import { OUTPUT } from './layout.ts';
import { SHIM_NAME } from './shim.ts';
import type { ClaimFile } from './shim.ts';

/** How an attempt's processes are recognised. The marker stands in the environment that the whole tree inherits. */
export interface TreeMark {
  readonly folder: string;
  readonly marker: string;
  readonly claim: ClaimFile | undefined;
}

export const MARKER_VARIABLE = 'PROVISIONING_ATTEMPT_ID';

/**
 * Living processes of an attempt: its session, and whatever left the session but carries its marker. A claim that is torn,
 * or not written yet, names no session, and a shim from a launcher carries nothing: it is known by its output then. Zombies
 * are dead. Where there is no /proc, only the shim itself is known.
 */
export function treeOf({ folder, marker, claim }: TreeMark): number[] {
  const pids = listPids();
  if (pids === undefined) return aliveWithoutProc(claim);
  const session = claim !== undefined && isItsSession(claim) ? claim.pid : undefined;
  const output = claim === undefined ? identity(`${folder}/${OUTPUT}`) : undefined;
  return pids.filter((pid) => {
    const stat = statOf(pid);
    if (stat === undefined || isOver(stat)) return false;
    if (session !== undefined && stat.session === session) return true;
    return carries(pid, marker) || (output !== undefined && identity(`/proc/${pid}/fd/1`) === output);
  });
}

/** Of a file, whatever its path; `undefined`, where it is not to be seen. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether a session of this number can only be the shim's own: the kernel gives a number to nobody else while a session
 * of that number has members. The environment alone would not do: it reads as empty while a process is in `exec`.
 */
function isItsSession(claim: ClaimFile): boolean {
  const leader = statOf(claim.pid);
  return claim.bootId === bootId() && (leader === undefined || leader.startTime === claim.startTime);
}

/** Whether anybody is left in the session that the shim has made. */
export const sessionLives = (claim: ClaimFile): boolean =>
  isItsSession(claim) && (listPids() ?? []).some((pid) => statOf(pid)?.session === claim.pid);

/** The very process that wrote the claim, not another one with its number. */
function isShim(claim: ClaimFile): boolean {
  const stat = statOf(claim.pid);
  return stat !== undefined && stat.startTime === claim.startTime;
}

/** Or like what a shim has just forked to become its task. */
export function looksLikeShim(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(SHIM_NAME);
  } catch {
    return true;
  }
}

/** Cheap: whether the shim itself still lives. */
export function shimLives(claim: ClaimFile): boolean {
  if (listable) return isShim(claim) && statOf(claim.pid)?.state !== 'Z';
  return aliveWithoutProc(claim).length > 0;
}

const listable = process.platform === 'linux';

function listPids(): number[] | undefined {
  if (!listable) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

interface Stat {
  readonly state: string;
  readonly session: number;
  readonly threads: number;
  readonly startTime: string;
}

/** A zombie may have lost its first thread only: while others are in the kernel still, they keep its files and ports. */
const isOver = ({ state, threads }: Stat): boolean => state === 'X' || (state === 'Z' && threads <= 1);

/** The name in parentheses may hold anything, blanks and parentheses too: fields are counted after its last `)`. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', session, threads, startTime = ''] = [0, 3, 17, 19].map((field) => fields[field]);
    return { state, session: Number(session), threads: Number(threads), startTime };
  } catch {
    return undefined;
  }
}

function carries(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARKER_VARIABLE}=${marker}\0`);
  } catch {
    return false;
  }
}

function aliveWithoutProc(claim: ClaimFile | undefined): number[] {
  if (claim === undefined) return [];
  try {
    process.kill(claim.pid, 0);
    return [claim.pid];
  } catch {
    return [];
  }
}

/** Changes with every boot; empty where the system does not tell. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
