import { err } from '../domain/result.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { Submission } from '../domain/submission.ts';
import { KILLING, STOPPING, notice } from '../presentation/notice.ts';
import type { Handed } from '../engine/engine.ts';
import type { Dispatched } from './dispatched.ts';
import type { WorkOptions } from './request.ts';
import type { Foreground, Services } from './services.ts';
import { parentTask, waitingFor } from './nested.ts';
import { finished, throughRollback } from './through-rollback.ts';
import { tellHeldUp } from './held-up.ts';
import { createViewer } from './viewer.ts';
import type { Watched } from './watched.ts';

type Told = Pick<WorkOptions, 'silent' | 'colourless'>;

/** A run with what its credentials need of this command's environment, which is never stored. */
export interface Work {
  readonly submission: Submission;
  readonly handed: Handed | undefined;
}

/** Executes a run in this process until it has ended, and what takes it back, where its definition wants that. */
export async function executeDirectly(
  services: Services,
  { submission, handed }: Work,
  options: Told,
): Promise<Result<Dispatched, readonly Failure[]>> {
  const opened = await services.foreground();
  if (!opened.ok) return err([opened.error]);
  const foreground = opened.value;
  const interrupts = hearInterrupts(services, foreground.engine);
  try {
    const submitted = foreground.engine.submit(submission, handed);
    if (!submitted.ok) return err([submitted.error]);
    interrupts.run = submitted.value.id;
    return await follow(services, { foreground, interrupts, id: submitted.value.id }, options);
  } finally {
    interrupts.end();
    await foreground.close();
  }
}

interface Interrupts {
  /** Whom they are for. */
  run: string | undefined;
  readonly end: () => void;
}

/** Who stops the task in which this command runs gives all of it ten seconds. */
const graceOf = (services: Services): number | undefined => (parentTask(services) === undefined ? undefined : 5000);

/**
 * The first Ctrl-C asks the tasks of `run` to stop, the second kills them. Heard from before the run is accepted: a command
 * that died between that and its first picture would leave work behind, which the orchestrator goes on with.
 */
function hearInterrupts(services: Services, engine: Foreground['engine'], run?: string): Interrupts {
  let count = 0;
  const end = services.terminal.onInterrupt(() => {
    count += 1;
    services.terminal.note(notice(count === 1 ? STOPPING : KILLING));
    if (heard.run !== undefined) engine.cancel(heard.run, 'interrupted', count === 1 ? graceOf(services) : 0);
  });
  const heard: Interrupts = { run, end };
  return heard;
}

/** Resolves when a run of this engine has ended; Ctrl-C ends it. */
export async function attend(
  services: Services,
  foreground: Foreground,
  id: string,
  options: Told,
): Promise<Result<Dispatched, readonly Failure[]>> {
  const interrupts = hearInterrupts(services, foreground.engine, id);
  try {
    return await follow(services, { foreground, interrupts, id }, options);
  } finally {
    interrupts.end();
  }
}

interface Followed {
  readonly foreground: Foreground;
  readonly interrupts: Interrupts;
  readonly id: string;
}

function follow(services: Services, { foreground, interrupts, id }: Followed, options: Told) {
  return throughRollback(services, { ...options, id }, (shown) => {
    interrupts.run = shown;
    return show(services, foreground, { ...options, id: shown });
  });
}

/** Resolves when this run has ended, whatever follows from it. */
async function show(
  services: Services,
  { engine, onChange, fatal }: Foreground,
  watched: Watched,
): Promise<Result<Dispatched, readonly Failure[]>> {
  const { id } = watched;
  const reads = await services.reads();
  const viewer = await createViewer(services, watched);
  const heldUp = tellHeldUp(reads, { id, advise: viewer.advise });
  let seen = 0;
  const catchUp = async (): Promise<void> => {
    const events = await reads.events(id, seen);
    if (!events.ok) return;
    for (const event of events.value.filter(({ seq }) => seq > seen)) {
      heldUp.onEvent(event);
      viewer.onEvent(event);
    }
    seen = events.value.at(-1)?.seq ?? seen;
  };
  let turn = Promise.resolve();
  const stopWatching = onChange((changed) => {
    if (changed === id) turn = turn.then(catchUp);
  });
  try {
    await Promise.race([waitingFor(services, { child: id, engine }, () => engine.ended(id)), fatal]);
    stopWatching();
    await turn.then(catchUp);
  } finally {
    stopWatching();
    heldUp.end();
    await viewer.end();
  }
  return finished(services, id);
}
