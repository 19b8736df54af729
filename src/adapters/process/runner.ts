import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { isDiskFull } from '../../domain/disk-full.ts';
import type { Failpoint } from '../../domain/failpoint.ts';
import type { End, Evidence, Launch, Report, Runner } from '../../ports/runner.ts';
import { createCapper } from './cap.ts';
import type { Cap } from './cap.ts';
import { createKeeper, lastCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { readRecord } from './files.ts';
import { killTree, livingOf } from './kill.ts';
import { OUTPUT } from './layout.ts';
import { readTail } from './output.ts';
import { NOT_CLAIMED, SHIM } from './shim.ts';
import { claimOf, exitOf, traceOf } from './trace.ts';
import { MARKER_VARIABLE } from './tree.ts';
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
}

interface Attempt {
  readonly folder: string;
  readonly marker: string;
}

/** Task processes in sessions of their own, with output in files: they do not notice when their engine dies. */
export function createRunner(options: RunnerOptions = {}): Runner {
  const { checkpointIntervalSeconds = 30, cap, failpoint } = options;
  const watch = createWatch();
  const capper = createCapper(cap);
  const keeper = createKeeper(checkpointIntervalSeconds * 1000);
  const follow = (attempt: Attempt, onReport: (report: Report) => void): (() => Promise<void>) => {
    const { folder } = attempt;
    const [unwatch, release] = [watch.follow(folder, onReport), keeper.keep(folder)];
    const settle = capper.follow(folder, () => livingOf(attempt).length > 0);
    return () => {
      unwatch();
      release();
      return settle();
    };
  };
  return {
    start(launch, onReport) {
      const child = spawnWithRoom(launch, options);
      failpoint?.('post-spawn');
      if ('kind' in child) return { ended: Promise.resolve(child) };
      const stop = follow(launch, onReport);
      return { ended: followed(endOf(child, launch), stop) };
    },
    adopt: (attempt, onReport) => ({
      ended: followed(traceWhenGone(attempt), follow(attempt, onReport)),
    }),
    kill: killTree,
    collect: (folder) => Promise.resolve(collect(folder)),
    lastCheckpoint: (folder) => Promise.resolve(lastCheckpoint(folder)),
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

function spawnWithRoom(launch: Launch, { failpoint, onDiskFull }: RunnerOptions): ChildProcess | End {
  try {
    return spawnShim(launch, failpoint);
  } catch (error) {
    if (!isDiskFull(error) || onDiskFull === undefined) throw error;
    onDiskFull();
    return { kind: 'unclaimed', reason: 'the disk was full' };
  }
}

function spawnShim(launch: Launch, failpoint?: Failpoint): ChildProcess | End {
  const { folder } = launch;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${folder}/request.json`, JSON.stringify(launch.request), { mode: 0o600 });
  failpoint?.('pre-spawn');
  const output = openSync(`${folder}/${OUTPUT}`, 'a', 0o600);
  try {
    return spawn('/bin/sh', ['-c', SHIM, 'provisioning-shim', folder, ...launch.argv], {
      cwd: launch.cwd,
      detached: true,
      env: { ...launch.env, [MARKER_VARIABLE]: launch.marker },
      stdio: ['ignore', output, output],
    });
  } catch (error) {
    // Arguments that no system call takes (too long, or with a NUL), or a folder that is a file.
    return { kind: 'unstartable', reason: error instanceof Error ? whyNot(error, launch) : String(error) };
  } finally {
    closeSync(output);
  }
}

/** The system says of a missing folder that the program is missing. */
const whyNot = ({ message }: Error, { cwd }: Launch): string =>
  existsSync(`${cwd}/.`) ? `${message} (in ${cwd})` : `there is no folder ${cwd} that this user may enter`;

async function endOf(child: ChildProcess, launch: Launch): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End | 'exit'>();
  let status: number | null = null;
  child.once('exit', (code) => {
    status = code;
    resolve('exit');
  });
  child.once('error', (error) => {
    if (child.pid === undefined) resolve({ kind: 'unstartable', reason: whyNot(error, launch) });
  });
  const first = await promise;
  if (first !== 'exit') return first;
  const recorded = exitOf(launch.folder);
  if (recorded !== undefined) return recorded;
  // A full disk has no room for an exit file: while we are there to see it, the shim's own code is the task's.
  const isOurs = claimOf(launch.folder)?.pid === child.pid;
  if (status !== null && isOurs) return { kind: 'exited', code: status };
  if (status === NOT_CLAIMED) return { kind: 'unclaimed', reason: 'another engine had revoked it' };
  return traceWhenGone(launch);
}

/** The shim was killed: the task may live on, and only when its whole tree is gone is anything decided. */
async function traceWhenGone(attempt: { folder: string; marker: string }): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const look = (): void => {
    const trace = traceOf(attempt.folder, attempt.marker);
    if (trace.kind === 'alive') setTimeout(look, LOOK_AGAIN_MS);
    else resolve(trace);
  };
  look();
  return promise;
}

/** An adopted process is nobody's child: its end is looked for. */
const LOOK_AGAIN_MS = 200;

function collect(folder: string): Evidence {
  const result = readRecord(`${folder}/result.json`);
  const failure = readRecord(`${folder}/failure.json`);
  return {
    result: result === 'damaged' ? null : (result ?? null),
    failure: failure === 'damaged' ? null : (failure ?? null),
    damaged: [...(result === 'damaged' ? ['result.json'] : []), ...(failure === 'damaged' ? ['failure.json'] : [])],
    tail: readTail(folder, TAIL_BYTES).toString('utf8'),
  };
}
