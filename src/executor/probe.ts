import { exhausted } from '../domain/exhausted.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Resource } from '../domain/resource.ts';
import type { OperationModule } from '../ports/library.ts';
import { prepareModule, prepareProgram } from './command.ts';
import type { Prepared } from './command.ts';
import { credentialsOf } from './credentials.ts';
import type { Endings } from './endings.ts';
import { outcomeOf } from './outcome.ts';
import { environmentOf, requestOf, resolved } from './request.ts';
import type { Attempt } from './request.ts';
import type { ExecutorWorld } from './world.ts';

type Lost = AttemptOutcome & { readonly kind: 'lost' };

interface Question {
  readonly lost: Lost;
  readonly inventory: readonly Resource[];
  /** Where a probe is known while it runs. */
  readonly endings: Endings;
}

/** Exit code of a probe that found no trace of the operation. */
const ABSENT = 3;

/**
 * An attempt began and nobody saw its end. If doing it twice is harmless, it is to be done again; if there is a probe,
 * it is asked: what it finds done is adopted, what it finds absent is to be done again. Everything else stays unknown.
 */
export async function afterLost(world: ExecutorWorld, attempt: Attempt, what: Question): Promise<AttemptOutcome> {
  try {
    return await decided(world, attempt, what);
  } catch (error) {
    // Who cannot look knows nothing more.
    if (exhausted(error) === undefined) throw error;
    return what.lost;
  }
}

async function decided(world: ExecutorWorld, attempt: Attempt, what: Question): Promise<AttemptOutcome> {
  const { operation } = attempt;
  const module = await moduleOf(world, attempt);
  if (operation.idempotent ?? module?.idempotent ?? false) return { kind: 'redo', failure: what.lost.failure };
  const probe = await probeOf(world, attempt, module);
  return probe === undefined ? what.lost : ask(world, attempt, { ...what, probe });
}

async function moduleOf(world: ExecutorWorld, attempt: Attempt): Promise<OperationModule | undefined> {
  const { type } = attempt.operation;
  if (type === 'command.run' || type === 'nushell.run') return undefined;
  const found = await world.libraryOf(attempt.submission.workspace).find(type);
  return found.ok ? found.value : undefined;
}

async function probeOf(
  world: ExecutorWorld,
  attempt: Attempt,
  module: OperationModule | undefined,
): Promise<Prepared | undefined> {
  const { probe } = attempt.operation;
  if (probe === undefined && module?.probe === undefined) return undefined;
  if (probe !== undefined && 'argv' in probe) return prepareProgram(probe.argv, attempt);
  const library = world.libraryOf(attempt.submission.workspace);
  if (probe !== undefined) {
    const named = await library.named(probe.module, probe.function);
    if (!named.ok) return undefined;
    const prepared = await prepareModule({ ...named.value, argument: 'request', role: 'probe' }, library, attempt);
    return prepared.ok ? prepared.value : undefined;
  }
  if (module?.probe === undefined) return undefined;
  const prepared = await prepareModule({ ...module, function: module.probe, role: 'probe' }, library, attempt);
  return prepared.ok ? prepared.value : undefined;
}

async function ask(
  world: ExecutorWorld,
  attempt: Attempt,
  what: Question & { readonly probe: Prepared },
): Promise<AttemptOutcome> {
  const { argv, cwd, env } = what.probe;
  const credentials = await credentialsOf(attempt, world.credentials);
  if (!credentials.ok) return what.lost;
  const known = resolved(attempt);
  const checkpoint = await world.runner.lastCheckpoint(world.folderOf(attempt));
  const surroundings = { inventory: what.inventory, stateDir: world.stateDir, checkpoint };
  const name = world.newName();
  const folder = `${world.folderOf(attempt)}/probe-${name}`;
  if (what.endings.isCancelled(attempt.fence)) return what.lost;
  const asked = { folder, marker: name };
  what.endings.asking(attempt.fence, asked);
  const running = world.runner.start(
    {
      folder,
      marker: name,
      request: requestOf(known.ok ? known.value : attempt, surroundings),
      argv,
      cwd,
      env: { ...environmentOf(attempt, folder), ...world.extraEnvironment(attempt), ...env, ...credentials.value },
    },
    () => undefined,
  );
  const end = await inTime(attempt, running.ended, () => world.runner.kill(asked, 0));
  await what.endings.of(attempt.fence);
  if (end.kind === 'exited' && end.code === ABSENT) return { kind: 'redo', failure: what.lost.failure };
  const evidence = await world.runner.collect(folder);
  const found = outcomeOf({ end, evidence, intent: undefined, wantsResult: what.probe.wantsResult });
  if (found.kind !== 'completed') return what.lost;
  return { ...found, message: found.message ?? 'its probe found it done' };
}

/** A probe has as much time as its operation, from its own start. Resolves when nothing is left of one that took longer. */
async function inTime<T>(
  { operation, submission }: Attempt,
  ended: Promise<T>,
  kill: () => Promise<unknown>,
): Promise<T> {
  const seconds = operation.timeout ?? submission.settings.task_timeout_seconds;
  let killing: Promise<unknown> | undefined;
  const timer = seconds > 0 ? setTimeout(() => void (killing = kill()), seconds * 1000) : undefined;
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    await killing;
  }
}
