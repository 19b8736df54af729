import { closeSync, readdirSync } from 'node:fs';
import { READINESS_FD } from '../api/readiness.ts';
import { bootId, isInheritable, processStat } from '../client/proc.ts';

/**
 * Lets go of everything that the caller's process left open in this one. Node marks only the first descriptors of its
 * children; a shell's `exec 200>lock; flock 200` would stay locked for as long as the orchestrator lives. Must run
 * before anything else is opened.
 */
export function letGoOfCaller(folder: string): void {
  for (const fd of inherited()) {
    try {
      closeSync(fd);
    } catch {
      // It was the listing's own.
    }
  }
  process.chdir(folder);
}

function inherited(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((fd) => fd > 2 && fd !== READINESS_FD && isInheritable('self', fd));
}

/** What tells this process from a later one with the same pid. `null` where the system does not say. */
export const processIdentity = (): { readonly start_time: string | null; readonly boot_id: string | null } => ({
  start_time: processStat('self')?.startTime ?? null,
  boot_id: bootId(),
});
