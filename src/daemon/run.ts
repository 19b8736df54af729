import { denied, isDenied } from '../config/denied.ts';
import { lackOfFiles } from '../config/open-files.ts';
import { isDamaged } from '../domain/damaged.ts';
import { diskFull, isDiskFull } from '../domain/disk-full.ts';
import type { Failure } from '../domain/failure.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Lock } from '../ports/locks.ts';
import { hasWork } from './has-work.ts';
import type { Host } from './host.ts';
import { leaveWhenIdle } from './idle.ts';
import type { Departure, Life } from './life.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { open } from './open.ts';
import type { Opened } from './open.ts';
import { beginOutput } from './output.ts';
import type { DaemonOptions } from './options.ts';
import { createShrinker } from './shrink.ts';
import { onSignals } from './signals.ts';
import { createSleepWatch } from './slept.ts';
import { startWatchdog } from './watchdog.ts';

/** How an orchestrator ended; the process is `main`'s to end. */
export type CloseReason =
  | { readonly kind: Departure }
  | { readonly kind: 'already_running' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** How often it looks for runs whose engine died, and whether it can still be found. */
const SWEEP_MS = 5000;

/** One that grew beyond this leaves when it is idle: the next one begins small. Tasks are not part of it. */
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

/** What requests in progress get before the store closes. */
const GOODBYE_MS = 1000;

/** The life of an orchestrator. Resolves when it has left: nothing of it is open any more. */
export async function runDaemon(options: DaemonOptions): Promise<CloseReason> {
  process.umask(0o077);
  const refused = options.prepareFolder(options.paths.dataDir);
  if (refused !== undefined) return failed(options, refused);
  const right = takeRight(options);
  if (!right.ok) return failed(options, right.error);
  if (right.value === undefined) return alreadyRunning(options);
  const log = createLog(options.paths.log, Date.now);
  const opened = await openWithRoom(options, log);
  if (!opened.ok) {
    right.value.release();
    log.write('failed', { code: opened.error.code, message: opened.error.message });
    log.close();
    return failed(options, opened.error);
  }
  const kind = await live(opened.value, options, log);
  await leave(opened.value, right.value, log);
  return { kind };
}

function takeRight({ locks, paths }: DaemonOptions): Result<Lock | undefined, Failure> {
  try {
    return ok(locks.acquire(paths.daemonLock));
  } catch (error) {
    if (!isDenied(error)) throw error;
    return err(denied(error));
  }
}

/** A disk without room, or a file that is closed to us, is the machine's fault, not ours. */
async function openWithRoom(options: DaemonOptions, log: Log): Promise<Result<Opened, Failure>> {
  try {
    if (!options.foreground) beginOutput(options.paths.output);
    return await open(options, log);
  } catch (error) {
    if (isDenied(error)) return err(denied(error));
    if (!isDiskFull(error)) throw error;
    return err(diskFull());
  }
}

function alreadyRunning({ say }: DaemonOptions): CloseReason {
  say({ already_running: true });
  return { kind: 'already_running' };
}

function failed({ say }: DaemonOptions, failure: Failure): CloseReason {
  say({ error: failure });
  return { kind: 'failed', failure };
}

/** Says that it is ready, and lasts until there is a reason to leave. */
async function live(opened: Opened, options: DaemonOptions, log: Log): Promise<Departure> {
  const { host, life, registration, listeners } = opened;
  const offSignals = onSignals(() => {
    life.leave('signal');
  });
  options.say({ ready: true });
  const slept = createSleepWatch(Date.now, () => performance.now());
  const sweep = (): void => {
    if (!registration.isMine()) return life.leave('lost');
    const moved = slept();
    if (moved !== undefined) log.write('suspended', { ms: moved });
    for (const listener of listeners) {
      const problem = listener.renew?.();
      if (problem !== undefined) log.write('certificate', { message: problem.message });
    }
    host.condition.look();
    const taken = host.engine.recover();
    if (taken > 0) log.write('recovered', { runs: taken });
  };
  const limit = options.memoryLimitBytes ?? MEMORY_LIMIT_BYTES;
  // Node opens a file to find out.
  const isTooBig = (): boolean => lackOfFiles() === undefined && process.memoryUsage.rss() > limit;
  const idle = options.foreground
    ? undefined
    : leaveWhenIdle({
        life,
        timeoutMs: () => options.settings.idleTimeoutMs,
        isTooBig,
        hasWork: () => hasWork(host),
        shutDoor: async () => (await Promise.all(listeners.map((listener) => listener.shut()))).every(Boolean),
      });
  tolerating(log, life, sweep);
  const shrinkAtRest = createShrinker(() => life.quietMs, SWEEP_MS);
  const sweeper = setInterval(() => {
    tolerating(log, life, () => {
      sweep();
      host.backUp(isQuiet(host, life));
      shrinkAtRest();
      if (isTooBig()) idle?.look();
    });
  }, SWEEP_MS).unref();
  const offWatchdog = startWatchdog(options.paths.log, options.watchdog);
  options.settings.onChange(() => idle?.look());
  const why = await life.departure;
  clearInterval(sweeper);
  idle?.stop();
  offWatchdog();
  offSignals();
  return why;
}

const isQuiet = ({ engine }: Host, life: Life): boolean =>
  life.busy === 0 && life.quietMs >= SWEEP_MS && engine.stats().running_tasks === 0;

/**
 * A full disk passes, and a folder that is closed to us may be opened again; who can open no files finds nothing where
 * something is, until he can. What is damaged does not pass: the next orchestrator restores it.
 */
function tolerating(log: Log, life: Life, work: () => void): void {
  const lacking = lackOfFiles();
  if (lacking !== undefined) return log.write('exhausted', { message: lacking });
  try {
    work();
  } catch (error) {
    if (isDiskFull(error)) return log.write('disk_full');
    if (isDenied(error)) return log.write('denied', { message: denied(error).message });
    if (!isDamaged(error)) throw error;
    log.write('damaged', { what: String(error) });
    life.leave('broken');
  }
}

/** In this order: whoever finds the way closed may start the next one, and must not meet half of this one. */
async function leave({ host, life, registration, listeners }: Opened, right: Lock, log: Log): Promise<void> {
  log.write('leaving', { why: await life.departure });
  await host.engine.stop();
  registration.remove();
  for (const listener of listeners) listener.stop();
  await life.quiet(GOODBYE_MS);
  host.close();
  // Before anybody hears of it: who was told that it has left finds that in the log, and the next one begins behind it.
  log.write('left');
  right.release();
  life.left();
  await Promise.all(listeners.map((listener) => listener.closed()));
  log.close();
}
