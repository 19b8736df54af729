import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { denied, isDenied } from '../../config/denied.ts';
import { isDiskFull } from '../../domain/disk-full.ts';
import { exhausted } from '../../domain/exhausted.ts';
import type { Failpoint } from '../../domain/failpoint.ts';
import type { Failure } from '../../domain/failure.ts';
import type { End, Launch } from '../../ports/runner.ts';
import { lineOf, shimArguments } from './launch-line.ts';
import type { Launchers, Status } from './launcher.ts';
import { OUTPUT } from './layout.ts';
import { NOT_CLAIMED, SHIM, SHIM_NAME } from './shim.ts';
import { claimOf, exitOf } from './trace.ts';
import { MARKER_VARIABLE } from './tree.ts';

export interface Starting {
  readonly launchers: Launchers;
  readonly onDiskFull?: (() => void) | undefined;
  readonly failpoint?: Failpoint | undefined;
}

/** A shim that was started. */
export interface Started {
  /** Resolves when it has ended, with an `End` where it never was there. */
  readonly status: Promise<Status | End>;
  /** Whether the attempt's claim can be its own, which nobody else is then. */
  readonly isIts: (pid: number) => boolean;
}

/** Makes the attempt's folder and starts its shim: by a launcher if there is one, else, or for what that cannot, directly. */
export function startShim(launch: Launch, starting: Starting): Started | End {
  try {
    makeFolder(launch);
    starting.failpoint?.('pre-spawn');
    return throughLauncher(launch, starting) ?? directly(launch, starting);
  } catch (error) {
    if (isDenied(error)) return withoutFolder(denied(error));
    const lacking = exhausted(error);
    if (lacking !== undefined) return later(lacking);
    if (!isDiskFull(error) || starting.onDiskFull === undefined) throw error;
    starting.onDiskFull();
    return { kind: 'unclaimed', reason: 'the disk was full' };
  }
}

/** What the status of the shim says about its attempt; `undefined`: nothing, look at its traces. */
export function endBy(status: Status, launch: Launch, { isIts }: Started): End | undefined {
  const recorded = exitOf(launch.folder);
  if (recorded !== undefined) return recorded;
  const claim = claimOf(launch.folder);
  // A full disk may have no room for the line of the end: while we are there to see it, the shim's own code is the task's.
  if (status !== null && claim !== undefined && isIts(claim.pid)) return { kind: 'exited', code: status };
  // We had made it: the task has removed what says that it ran.
  if (!isFolder(launch.folder))
    return status === null ? { kind: 'gone', reason: 'died' } : { kind: 'exited', code: status };
  if (status === NOT_CLAIMED) return { kind: 'unclaimed', reason: 'another engine had revoked it' };
  return undefined;
}

function makeFolder({ folder, request }: Launch): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${folder}/request.json`, JSON.stringify(request), { mode: 0o600 });
}

/** It stays so until somebody mends it: the task's to fail for, not the engine's. */
const withoutFolder = ({ code, message, hint }: Failure): End => ({ kind: 'unstartable', reason: message, hint, code });

const later = (reason: string): End => ({ kind: 'unclaimed', reason, later: true });

function throughLauncher(launch: Launch, { launchers }: Starting): Started | undefined {
  const line = lineOf(launch);
  const status = line === undefined || !isFolder(launch.cwd) ? undefined : launchers.launch(line);
  if (status === undefined) return undefined;
  return { status: believed(status, launch, launchers), isIts: () => true };
}

/**
 * A process that ended before it took the claim was no shim: nobody begins the attempt any more, and what comes next goes
 * the other way, which says what is wrong if something is.
 */
async function believed(status: Promise<Status>, { folder }: Launch, launchers: Launchers): Promise<Status | End> {
  const code = await status;
  const isTraced = claimOf(folder) !== undefined || exitOf(folder) !== undefined || !isFolder(folder);
  if (code === 0 || code === NOT_CLAIMED || isTraced) return code;
  launchers.distrust();
  return code === null ? null : { kind: 'unclaimed', reason: 'its process could not be started' };
}

function directly(launch: Launch, { launchers }: Starting): Started | End {
  const began = performance.now();
  const { folder } = launch;
  const output = openSync(`${folder}/${OUTPUT}`, 'a', 0o600);
  try {
    const argv = ['-c', SHIM, SHIM_NAME, ...shimArguments(launch)];
    const child = spawn(launchers.shell, argv, {
      cwd: launch.cwd,
      detached: true,
      env: { ...launch.env, [MARKER_VARIABLE]: launch.marker },
      stdio: ['ignore', output, output],
    });
    child.once('exit', () => {
      launchers.ended(began);
    });
    return { status: statusOf(child, launch), isIts: (pid) => pid === child.pid };
  } catch (error) {
    if (exhausted(error) !== undefined) throw error;
    // Arguments that no system call takes (too long, or with a NUL), or a folder that is a file.
    return { kind: 'unstartable', reason: error instanceof Error ? whyNot(error, launch) : String(error) };
  } finally {
    closeSync(output);
  }
}

function statusOf(child: ChildProcess, launch: Launch): Promise<Status | End> {
  const { promise, resolve } = Promise.withResolvers<Status | End>();
  child.once('exit', (code) => {
    resolve(code);
  });
  child.once('error', (error) => {
    if (child.pid !== undefined) return;
    const lacking = exhausted(error);
    resolve(lacking === undefined ? { kind: 'unstartable', reason: whyNot(error, launch) } : later(lacking));
  });
  return promise;
}

/** The system says of a missing folder that the program is missing. */
function whyNot({ message }: Error, { cwd }: Launch): string {
  if (!isFolder(cwd)) return `there is no folder ${cwd} that this user may enter`;
  if (message.includes('E2BIG')) return TOO_LONG;
  return `${message} (in ${cwd})`;
}

const TOO_LONG =
  'its arguments or its environment are longer than this system takes (E2BIG): put what is long into a file';

const isFolder = (path: string): boolean => existsSync(`${path}/.`);
