import { denied, isDenied } from '../../config/denied.ts';
import { demandFiles } from '../../config/open-files.ts';
import { exhausted } from '../../domain/exhausted.ts';
import type { Failpoint } from '../../domain/failpoint.ts';
import type { End, Evidence, Launch, Report, Runner } from '../../ports/runner.ts';
import { attemptsUpTo } from './attempts.ts';
import { createCapper } from './cap.ts';
import type { Cap } from './cap.ts';
import { createKeeper, lastCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { tolerant, whenFilesOpen } from './descriptors.ts';
import { namesIn, readRecord } from './files.ts';
import { killTree, livingOf } from './kill.ts';
import { createLaunchers } from './launcher.ts';
import type { LauncherOptions } from './launcher.ts';
import { readTail } from './output.ts';
import { endBy, startShim } from './start.ts';
import type { Started } from './start.ts';
import { claimOf, endedAt, exitOf, isRevoked, traceOf } from './trace.ts';
import type { Trace } from './trace.ts';
import { looksLikeShim } from './tree.ts';
import { createWatch } from './watch.ts';

const TAIL_BYTES = 4096;

export interface RunnerOptions {
  /** Checkpoints of running tasks survive a power cut at least this often. */
  readonly checkpointIntervalSeconds?: number | undefined;
  /** How much of a task's output is kept. */
  readonly cap?: Cap | undefined;
  /** Called when an attempt could not begin for want of room: it then ends as one that never did. By default it throws. */
  readonly onDiskFull?: (() => void) | undefined;
  /** Crash tests only. */
  readonly failpoint?: Failpoint | undefined;
  /** By default the system's `sh`, when it pays. */
  readonly launchers?: LauncherOptions | undefined;
}

interface Attempt {
  readonly folder: string;
  readonly marker: string;
}

/** Task processes in sessions of their own, with output in files: they do not notice when their engine dies. */
export function createRunner(options: RunnerOptions = {}): Runner {
  const { checkpointIntervalSeconds = 30, cap, onDiskFull, failpoint } = options;
  /** Attempts that are followed, by marker: whether somebody has ended what could be found of it. */
  const killed = new Map<string, boolean>();
  const launchers = createLaunchers(options.launchers ?? { shell: '/bin/sh' });
  const watch = createWatch();
  const capper = createCapper(cap);
  const keeper = createKeeper(checkpointIntervalSeconds * 1000);
  const follow = (attempt: Attempt, onReport: (report: Report) => void): (() => Promise<void>) => {
    const { folder, marker } = attempt;
    killed.set(marker, false);
    const [unwatch, release] = [watch.follow(folder, onReport), keeper.keep(folder)];
    // A shim that has said the end to its engine may take a moment to go; it prints nothing any more.
    const settle = capper.follow(folder, () => livingOf(attempt).some((pid) => pid !== claimOf(folder)?.pid));
    return () => {
      killed.delete(marker);
      unwatch();
      release();
      return settle();
    };
  };
  const lookerOf = ({ marker }: Attempt, onReport: Looker['onReport']): Looker => ({
    onReport,
    isKilled: () => killed.get(marker) === true,
  });
  return {
    start(launch, onReport) {
      const started = startShim(launch, { launchers, onDiskFull, failpoint });
      failpoint?.('post-spawn');
      if ('kind' in started) return { ended: Promise.resolve(started) };
      const stop = follow(launch, onReport);
      return { ended: followed(endOf(started, launch, lookerOf(launch, onReport)), stop) };
    },
    adopt: (attempt, onReport) => ({
      ended: followed(traceWhenGone(attempt, lookerOf(attempt, onReport)), follow(attempt, onReport)),
    }),
    async kill(attempt, graceMs) {
      const wasThere = await killTree(attempt, graceMs);
      if (killed.has(attempt.marker)) killed.set(attempt.marker, true);
      return wasThere;
    },
    clear,
    collect: (folder) => whenFilesOpen(() => collect(folder)),
    endedAt: (folder) => tolerant(() => endedAt(folder)),
    async lastCheckpoint(folder) {
      await Promise.resolve();
      demandFiles();
      return lastCheckpoint(folder);
    },
    async saveCheckpoint(folder, checkpoint) {
      await Promise.resolve();
      writeCheckpoint(folder, checkpoint);
    },
  };
}

/** Whoever waits for the end finds the output settled. */
async function followed(end: Promise<End>, stop: () => Promise<void>): Promise<End> {
  try {
    return await end;
  } finally {
    await stop();
  }
}

async function endOf(started: Started, launch: Launch, looker: Looker): Promise<End> {
  const status = await started.status;
  if (typeof status === 'object' && status !== null) return status;
  return tolerant(() => endBy(status, launch, started)) ?? traceWhenGone(launch, looker);
}

interface Looker {
  readonly onReport: (report: Report) => void;
  /** Somebody wants it to end, and nothing of it is left that could be found. */
  readonly isKilled: () => boolean;
}

/** The shim was killed: the task may live on, and only when its whole tree is gone is anything decided. */
async function traceWhenGone(attempt: Attempt, looker: Looker): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  let hasBegun = false;
  let isSaid = false;
  const say = (reason: string): void => {
    if (!isSaid) looker.onReport({ progress: null, message: `nobody can say how it stands: ${reason}` });
    isSaid = true;
  };
  const closed = (reason: string): Trace => {
    say(reason);
    return looker.isKilled() ? { kind: 'gone', reason: 'died' } : { kind: 'alive' };
  };
  const look = (): void => {
    const trace = visibleTrace(attempt, { say, closed });
    if (trace.kind === 'alive') {
      hasBegun ||=
        tolerant(() => isRevoked(attempt.folder)) === true && livingOf(attempt).some((pid) => !looksLikeShim(pid));
      setTimeout(look, LOOK_AGAIN_MS);
    }
    // Somebody has taken its traces away while it ran.
    else resolve(trace.kind === 'unclaimed' && hasBegun ? { kind: 'gone', reason: 'died' } : trace);
  };
  look();
  return promise;
}

/** What we cannot look at proves nothing: until we can again, or nobody wants to wait for that. */
function visibleTrace(
  { folder, marker }: Attempt,
  { say, closed }: { readonly say: (why: string) => void; readonly closed: (why: string) => Trace },
): Trace {
  try {
    demandFiles();
    return traceOf(folder, marker);
  } catch (error) {
    if (isDenied(error)) return closed(denied(error).message);
    const lacking = exhausted(error);
    if (lacking === undefined) throw error;
    say(lacking);
    return { kind: 'alive' };
  }
}

/** An adopted process is nobody's child: its end is looked for. */
const LOOK_AGAIN_MS = 200;

async function clear(folder: string, graceMs: number): Promise<void> {
  demandFiles();
  const before = attemptsUpTo(folder).find((one) => one.folder !== folder);
  const end = before === undefined ? undefined : exitOf(before.folder);
  if (before === undefined || (end?.kind === 'exited' && end.code === 0)) return;
  if (livingOf(before).length > 0) await killTree(before, graceMs);
}

function collect(folder: string): Evidence {
  // One look for what most tasks do not leave: missing files are errors, and those cost the most.
  const names = new Set(namesIn(folder));
  const found = LEFT.map((name) => (names.has(name) ? readRecord(`${folder}/${name}`) : undefined));
  const [result, failure, recorded] = found.map((one) => (one === 'damaged' ? null : (one ?? null)));
  return {
    result: result ?? null,
    failure: failure ?? null,
    recorded: recorded ?? null,
    damaged: LEFT.filter((_, index) => found[index] === 'damaged'),
    tail: readTail(folder, TAIL_BYTES).toString('utf8'),
  };
}

const LEFT = ['result.json', 'failure.json', 'resources.json'];
