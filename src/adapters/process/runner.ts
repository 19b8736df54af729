import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { End, Evidence, Launch, Report, Runner, Running } from '../../ports/runner.ts';
import { readPart, readRecord } from './files.ts';
import { killTree } from './kill.ts';
import { OUTPUT } from './output.ts';
import { NOT_CLAIMED, SHIM } from './shim.ts';
import { exitOf, traceOf } from './trace.ts';
import { MARKER_VARIABLE } from './tree.ts';
import { createWatch } from './watch.ts';

const TAIL_BYTES = 4096;

/** Task processes in sessions of their own, with output in files: they do not notice when their engine dies. */
export function createRunner(): Runner {
  const watch = createWatch();
  return {
    start(launch, onReport) {
      const child = spawnShim(launch);
      if ('reason' in child) return { ended: Promise.resolve({ kind: 'unstartable', reason: child.reason }) };
      const stop = watch.follow(launch.folder, onReport);
      return { ended: endOf(child, launch).finally(stop) };
    },
    adopt: (attempt, onReport) => adopt(watch, attempt, onReport),
    kill: killTree,
    collect: (folder) => Promise.resolve(collect(folder)),
  };
}

function spawnShim(launch: Launch): ChildProcess | { reason: string } {
  const { folder } = launch;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${folder}/request.json`, JSON.stringify(launch.request), { mode: 0o600 });
  const output = openSync(`${folder}/${OUTPUT}`, 'a', 0o600);
  try {
    return spawn('/bin/sh', ['-c', SHIM, 'provisioning-shim', folder, ...launch.argv], {
      cwd: launch.cwd,
      detached: true,
      env: { ...launch.env, [MARKER_VARIABLE]: launch.marker },
      stdio: ['ignore', output, output],
    });
  } catch (error) {
    // Arguments that no system call takes: too long, or with a NUL.
    return { reason: error instanceof Error ? error.message : String(error) };
  } finally {
    closeSync(output);
  }
}

async function endOf(child: ChildProcess, launch: Launch): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End | 'exit'>();
  let status: number | null = null;
  child.once('exit', (code) => {
    status = code;
    resolve('exit');
  });
  child.once('error', (error) => {
    if (child.pid === undefined) resolve({ kind: 'unstartable', reason: `${error.message} (in ${launch.cwd})` });
  });
  const first = await promise;
  if (first !== 'exit') return first;
  const recorded = exitOf(launch.folder);
  if (recorded !== undefined) return recorded;
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

function adopt(
  watch: ReturnType<typeof createWatch>,
  attempt: { folder: string; marker: string },
  onReport: (report: Report) => void,
): Running {
  const stop = watch.follow(attempt.folder, onReport);
  return { ended: traceWhenGone(attempt).finally(stop) };
}

function collect(folder: string): Evidence {
  const result = readRecord(`${folder}/result.json`);
  const failure = readRecord(`${folder}/failure.json`);
  return {
    result: result === 'damaged' ? null : (result ?? null),
    failure: failure === 'damaged' ? null : (failure ?? null),
    damaged: [...(result === 'damaged' ? ['result.json'] : []), ...(failure === 'damaged' ? ['failure.json'] : [])],
    tail: readPart(`${folder}/${OUTPUT}`, -TAIL_BYTES, TAIL_BYTES).bytes.toString('utf8'),
  };
}
