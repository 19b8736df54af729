import { setTimeout as pause } from 'node:timers/promises';
import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Lock } from '../ports/locks.ts';
import { callFailure, unavailable } from './call-failure.ts';
import type { CallFailure } from './call-failure.ts';
import { find } from './find.ts';
import type { FindFiles, Found } from './find.ts';
import { endingAgain } from './last-words.ts';
import { judge } from './judge.ts';
import { spawnDaemon } from './spawn.ts';
import { leave } from './leave.ts';
import { ensureToken } from './token.ts';
import { wake } from './wake.ts';

export interface StartFiles extends FindFiles {
  readonly dataDir: string;
  readonly spawnLock: string;
  readonly output: string;
  readonly log: string;
}

export interface StartOptions {
  readonly files: StartFiles;
  /** Of this program, which is what it would start. */
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How long a start may take. */
  readonly limitMs: number;
  /**
   * A kernel lock, so a starter that dies holds up nobody, and one that is slow keeps it: a lock that is judged by its
   * age is taken away on a busy machine, and a second orchestrator begun. `undefined`: somebody else has it.
   */
  readonly takeLock: (file: string) => Promise<Lock | undefined>;
  /** Makes `data_dir`, or says why it cannot be used. */
  readonly prepareDataDir: (folder: string) => Failure | undefined;
  /** This command started it. */
  readonly onStarted: (found: Found) => void;
}

/** Steps of waiting for another starter, which tells us nothing directly. */
const STEPS_MS = [5, 10, 20, 40, 70, 100];

/**
 * Finds the orchestrator or starts one. Of many commands that do this at once, one starts it. Resolves with one that
 * takes work: one that is leaving is waited for, and replaced.
 */
export async function ensureStarted(options: StartOptions): Promise<Result<Found, CallFailure>> {
  let deadline = Date.now() + options.limitMs;
  for (let [round, died] = [0, 0]; ; round += 1) {
    const found = await find(options.files, options.timeoutMs);
    if (!found.ok) return found;
    const standing = standingOf(found.value, options);
    if (standing.kind === 'use') return ok(standing.found);
    if (standing.kind === 'refuse') return err(callFailure('answered', standing.failure));
    if (standing.kind === 'leaving') {
      const gone = await leave(standing.found.door, { drain: true }, options.limitMs);
      if (!gone.ok && gone.error.reason === 'silent') return err(stillLeaving(standing.found));
      if (gone.ok) deadline = Date.now() + options.limitMs;
    }
    const started = await startUnlessOthersDo(options);
    if (started === 'died') died += 1;
    else if (started !== undefined) return started;
    if (died === DEATHS) return err(endingAgain(options.files.log, { reason: 'absent', message: 'each was ready' }));
    if (Date.now() > deadline) return err(stuck(options));
    await pause(STEPS_MS[Math.min(round, STEPS_MS.length - 1)]);
  }
}

type Standing =
  | { readonly kind: 'absent' }
  | { readonly kind: 'use' | 'replace' | 'leaving'; readonly found: Found }
  | { readonly kind: 'refuse'; readonly failure: Failure };

function standingOf(found: Found | undefined, { version }: StartOptions): Standing {
  if (found === undefined) return { kind: 'absent' };
  if (found.health.phase === 'draining') return { kind: 'leaving', found };
  const verdict = judge(found, version, true);
  return verdict.kind === 'refuse' ? verdict : { kind: verdict.kind, found };
}

const stillLeaving = ({ door, health }: Found): CallFailure =>
  callFailure(
    'answered',
    failure('try_later', `${door.name} lets its work end before it leaves (${health.running_tasks} running tasks)`, {
      hint: 'Try again later; see: provisioning orchestrator status',
    }),
  );

/** So many of ours in a row that were ready and then gone are enough: the next one would be, too. */
const DEATHS = 3;

/** `undefined`: somebody else is about to be there, or to be gone. `died`: ours was ready, and is not there any more. */
type Started = Result<Found, CallFailure> | 'died' | undefined;

async function startUnlessOthersDo(options: StartOptions): Promise<Started> {
  const { files } = options;
  const refused = options.prepareDataDir(files.dataDir);
  if (refused !== undefined) return err(callFailure('absent', refused));
  const token = ensureToken(files.token);
  if (!token.ok) return err(callFailure('absent', token.error));
  const lock = await options.takeLock(files.spawnLock);
  if (lock === undefined) return undefined;
  try {
    const found = await find(files, options.timeoutMs);
    if (!found.ok) return found;
    const standing = standingOf(found.value, options);
    if (standing.kind === 'absent') return await startOneUnlessService(options);
    if (standing.kind !== 'replace') return undefined;
    // It may have got work since it was looked at: then it stays, and is used.
    const left = await leave(standing.found.door, { if_idle: true }, options.timeoutMs);
    return left.ok || left.error.reason === 'absent' ? await startOne(options) : undefined;
  } finally {
    lock.release();
  }
}

/** `undefined`: there is a service, which was started, and is about to be found. */
async function startOneUnlessService(options: StartOptions): Promise<Started> {
  const woken = await wake(options.files.dataDir, options.limitMs);
  if (!woken.ok) return woken;
  return woken.value ? undefined : startOne(options);
}

async function startOne(options: StartOptions): Promise<Started> {
  const { files, command, env, limitMs } = options;
  const said = await spawnDaemon({ command, env, limitMs, dataDir: files.dataDir, output: files.output });
  if (!said.ok) return err(callFailure('absent', said.error));
  if ('error' in said.value) return err(callFailure('absent', said.value.error));
  const found = await find(files, options.timeoutMs);
  if (!found.ok) return found;
  if (found.value === undefined) return 'ready' in said.value ? 'died' : undefined;
  if ('ready' in said.value) options.onStarted(found.value);
  return found.value.health.phase === 'draining' ? undefined : ok(found.value);
}

const stuck = ({ files, limitMs }: StartOptions): CallFailure =>
  unavailable('absent', `no orchestrator became ready within ${limitMs / 1000} s`, {
    hint: `One may be hanging; its output: ${files.output}`,
  });
