import type { Json } from '../domain/json.ts';
import { exhausted } from '../domain/exhausted.ts';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Resource } from '../domain/resource.ts';
import type { Launch, Report, Runner } from '../ports/runner.ts';
import { prepare } from './command.ts';
import { credentialsOf, withoutCredentials } from './credentials.ts';
import { createEndings } from './endings.ts';
import { killed, outcomeOf } from './outcome.ts';
import { afterLost } from './probe.ts';
import type { Intent } from './outcome.ts';
import { environmentOf, requestOf, resolved } from './request.ts';
import type { Attempt } from './request.ts';
import { withRecorded } from './resource-changes.ts';
import type { ExecutorWorld } from './world.ts';

/** Executes attempts over the runner. */
export interface Executor {
  /** Resolves when the attempt has ended. Never rejects. */
  start(attempt: Attempt, inventory: readonly Resource[], onReport: (report: Report) => void): Promise<AttemptOutcome>;
  /** Takes up what another engine started; resolves likewise. */
  adopt(attempt: Attempt, inventory: readonly Resource[], onReport: (report: Report) => void): Promise<AttemptOutcome>;
  /** Keeps what the attempt wants its next one to find; durable when it resolves. */
  checkpoint(attempt: Attempt, checkpoint: Json): Promise<void>;
  /** Ends the whole process tree; the attempt's outcome then says why. Asking again with less grace hurries it. */
  kill(attempt: Attempt, intent: NonNullable<Intent>, graceMs: number): void;
}

/** What a failed attempt has left running has this long to end by itself once it is told to. */
const LEFT_GRACE_MS = 10_000;

export function createExecutor(world: ExecutorWorld): Executor {
  const { runner } = world;
  const endings = createEndings(runner);

  /** Decides once the process has ended, and, where we are killing it, once nothing of its tree is left. */
  const conclude = async (
    attempt: Attempt,
    inventory: readonly Resource[],
    running: ReturnType<Runner['start']>,
  ): Promise<AttemptOutcome> => {
    const { fence } = attempt;
    const end = await running.ended;
    const { intent, wasThere } = await endings.of(fence);
    const evidence = await runner.collect(world.folderOf(attempt));
    // What was gone before it was to be killed did not end because of that.
    const why = end.kind === 'gone' && !wasThere ? undefined : intent;
    const outcome = outcomeOf({ end, evidence, intent: why, wantsResult: wantsResult(attempt) });
    const found =
      outcome.kind === 'lost' ? await afterLost(world, attempt, { lost: outcome, inventory, endings }) : outcome;
    endings.forget(fence);
    return withRecorded(found, evidence);
  };

  /** What is to be started, or why it is not. */
  const launchOf = async (attempt: Attempt, inventory: readonly Resource[]): Promise<Launch | AttemptOutcome> => {
    const known = resolved(attempt);
    if (!known.ok) return { kind: 'failed', failure: known.error, exitCode: undefined };
    const folder = world.folderOf(attempt);
    const checkpoint = await runner.lastCheckpoint(folder);
    const libraryOf = () => world.libraryOf(attempt.submission.workspace);
    const prepared = await prepare(known.value, libraryOf, { inventory, checkpoint });
    if (!prepared.ok) return { kind: 'failed', failure: prepared.error, exitCode: undefined };
    const credentials = await credentialsOf(attempt, world.credentials);
    if (!credentials.ok) return withoutCredentials(credentials.error);
    if (attempt.number > 1) await runner.clear(folder, LEFT_GRACE_MS);
    const ended = killed(endings.before(attempt.fence));
    endings.forget(attempt.fence);
    if (ended !== undefined) return ended;
    const env = {
      ...environmentOf(attempt, folder),
      ...world.extraEnvironment(attempt),
      ...prepared.value.env,
      ...credentials.value,
    };
    const request = requestOf(known.value, { inventory, stateDir: world.stateDir, checkpoint });
    const { script, argv, cwd } = prepared.value;
    return { folder, marker: attempt.fence, request, script, argv, cwd, env };
  };

  return {
    async start(attempt, inventory, onReport) {
      const launch = await launchOrLater(() => launchOf(attempt, inventory));
      return 'kind' in launch ? launch : conclude(attempt, inventory, runner.start(launch, onReport));
    },
    async adopt(attempt, inventory, onReport) {
      const own = { folder: world.folderOf(attempt), marker: attempt.fence };
      const outcome = await conclude(attempt, inventory, runner.adopt(own, onReport));
      if (outcome.kind !== 'completed' && outcome.kind !== 'failed') return outcome;
      return { ...outcome, endedAt: runner.endedAt(own.folder) };
    },
    checkpoint: (attempt, checkpoint) => runner.saveCheckpoint(world.folderOf(attempt), checkpoint),
    kill(attempt, intent, graceMs) {
      endings.begin({ folder: world.folderOf(attempt), marker: attempt.fence }, intent, graceMs);
    },
  };
}

/** What the system has run out of says nothing about the task: nothing of it was started. */
async function launchOrLater(launchOf: () => Promise<Launch | AttemptOutcome>): Promise<Launch | AttemptOutcome> {
  try {
    return await launchOf();
  } catch (error) {
    const reason = exhausted(error);
    if (reason === undefined) throw error;
    return { kind: 'revoked', reason, later: true };
  }
}

const wantsResult = (attempt: Attempt): boolean => attempt.operation.type !== 'command.run';
