import { readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import lockfile from 'proper-lockfile';
import { processStat } from './proc.ts';

/**
 * Keeps many commands from starting an orchestrator each. It may be wrong: the right to run is a kernel lock. Its
 * library judges a dead holder by the age of a folder; the holder's pid beside it lets the next command go on at once.
 *
 * `undefined`: somebody else is starting one.
 */
export async function takeSpawnLock(file: string): Promise<{ release(): Promise<void> } | undefined> {
  const folder = `${file}.lock`;
  const holder = `${file}.pid`;
  forgetDead(holder, folder);
  try {
    // The default handler throws from a timer when the lock is lost, which here does no harm.
    const release = await lockfile.lock(file, {
      realpath: false,
      lockfilePath: folder,
      onCompromised: () => undefined,
    });
    writeFileSync(holder, `${process.pid} ${processStat('self')?.startTime ?? ''}`.trim(), { mode: 0o600 });
    return {
      release: async () => {
        rmSync(holder, { force: true });
        await release().catch(() => undefined);
      },
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return undefined;
    throw error;
  }
}

/** Nothing on record: the holder is just about to write it, or the lock is as old as its library thinks. */
function forgetDead(holder: string, folder: string): void {
  const said = readText(holder);
  // A holder that let go and ended meanwhile has taken its record away, and somebody else may hold the lock.
  if (said !== undefined && !isAlive(said) && readText(holder) === said) forget(holder, folder);
}

function isAlive(holder: string): boolean {
  const [first, startTime] = holder.split(' ');
  const pid = Number(first);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const stat = processStat(pid);
  // A pid may be somebody else's by now, and one that is dead and not buried answers to signals.
  if (stat !== undefined) return stat.state !== 'Z' && (startTime === undefined || stat.startTime === startTime);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The pid goes first: whoever sees none takes the lock for a live one. */
function forget(holder: string, folder: string): void {
  rmSync(holder, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Nobody holds it, or somebody was faster.
  }
}
