import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { isDiskFull } from '../../domain/disk-full.ts';
import { isOfBoot } from '../../domain/fence.ts';
import type { End } from '../../ports/runner.ts';
import { readRecord, readText } from './files.ts';
import { parseClaim, parseExit, REVOKED } from './shim.ts';
import type { ClaimFile } from './shim.ts';
import { bootId, shimLives, treeOf } from './tree.ts';

/** What an attempt's folder says when nobody watches its process. */
export type Trace = { readonly kind: 'alive' } | End;

/**
 * Reads the traces of an attempt that another engine started, and revokes it if it has not begun: after that no late
 * shim can begin it. Only what is there proves anything about an attempt of another boot: a power cut takes files that
 * were not synced with it, the claim of a task that ran for seconds too.
 */
export function traceOf(folder: string, marker: string): Trace {
  const ended = exitOf(folder);
  if (ended !== undefined) return ended;
  const thisBoot = isOfBoot(marker, bootId());
  if (thisBoot === false && readText(`${folder}/claim`) !== REVOKED) return { kind: 'gone', reason: 'reboot' };
  const isOurs = revoke(folder);
  const text = readText(`${folder}/claim`);
  const claim = parseClaim(text ?? '');
  if (claim !== undefined && claim.bootId !== bootId()) return { kind: 'gone', reason: 'reboot' };
  if (claim !== undefined && shimLives(claim)) return { kind: 'alive' };
  // Even if there was no claim: a task can remove its own.
  if (treeOf({ folder, marker, claim }).length > 0) return { kind: 'alive' };
  if (isOurs) return { kind: 'unclaimed', reason: 'its engine ended before the process began' };
  if (text === REVOKED) return { kind: 'unclaimed', reason: 'it was revoked' };
  // The shim writes its claim before it starts the task: in the boot of the attempt, a claim without content is a shim
  // that died in between. One with another content, or of who knows which boot, may have been whole.
  if (text === '' && thisBoot === true && readText(`${folder}/claim`) === '')
    return { kind: 'unclaimed', reason: 'its process ended before the task began' };
  return exitOf(folder) ?? { kind: 'gone', reason: 'died' };
}

export const isRevoked = (folder: string): boolean => readText(`${folder}/claim`) === REVOKED;

/** What the attempt's claim file says, if it was a shim that wrote it whole. */
export const claimOf = (folder: string): ClaimFile | undefined => parseClaim(readText(`${folder}/claim`) ?? '');

/** The exit that the shim recorded; a torn one is as good as none. */
export function exitOf(folder: string): End | undefined {
  const code = parseExit(readText(`${folder}/claim`) ?? '') ?? exitFileOf(folder);
  return code === undefined ? undefined : { kind: 'exited', code };
}

/** When that was recorded. A task can touch its traces: this is a time that they name, no proof. */
export function endedAt(folder: string): number | undefined {
  const isInClaim = parseExit(readText(`${folder}/claim`) ?? '') !== undefined;
  if (!isInClaim && exitFileOf(folder) === undefined) return undefined;
  return statSync(`${folder}/${isInClaim ? 'claim' : 'exit.json'}`, { throwIfNoEntry: false })?.mtimeMs;
}

/** Of a shim that could not append to its claim, and of those of earlier versions. */
function exitFileOf(folder: string): number | undefined {
  const record = readRecord(`${folder}/exit.json`);
  if (record === undefined || record === 'damaged') return undefined;
  return typeof record['exit'] === 'number' ? record['exit'] : undefined;
}

/** Takes the claim before the shim does. `false`: somebody has it. */
export function revoke(folder: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(`${folder}/claim`, REVOKED, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    // Made, and no room for the word: nobody can take it any more all the same.
    if (isDiskFull(error) && readText(`${folder}/claim`) === '') return true;
    throw error;
  }
}
