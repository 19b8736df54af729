import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Resource } from '../domain/resource.ts';
import type { Library } from '../ports/library.ts';
import type { Report, Runner } from '../ports/runner.ts';
import { prepare } from './command.ts';
import { outcomeOf } from './outcome.ts';
import type { Intent } from './outcome.ts';
import { environmentOf, requestOf } from './request.ts';
import type { Attempt } from './request.ts';

export interface ExecutorWorld {
  readonly runner: Runner;
  /** The library as a workspace sees it. */
  readonly libraryOf: (workspace: string) => Library;
  readonly folderOf: (attempt: Attempt) => string;
  /** Below it are the hosts of the `local` provider. */
  readonly stateDir: string;
  /** What this engine adds to every task's environment: how to call us back. */
  readonly extraEnvironment: (attempt: Attempt) => Readonly<Record<string, string>>;
}

/** Executes attempts over the runner. */
export interface Executor {
  /** Resolves when the attempt has ended. Never rejects. */
  start(attempt: Attempt, inventory: readonly Resource[], onReport: (report: Report) => void): Promise<AttemptOutcome>;
  /** Takes up what another engine started; resolves likewise. */
  adopt(attempt: Attempt, onReport: (report: Report) => void): Promise<AttemptOutcome>;
  /** Ends the whole process tree; the attempt's outcome then says why. Asking again with less grace hurries it. */
  kill(attempt: Attempt, intent: NonNullable<Intent>, graceMs: number): void;
}

export function createExecutor(world: ExecutorWorld): Executor {
  const { runner } = world;
  const intents = new Map<string, Intent>();
  const killings = new Map<string, Promise<unknown>>();

  /** Decides once the process has ended, and, where we are killing it, once nothing of its tree is left. */
  const conclude = async (attempt: Attempt, running: ReturnType<Runner['start']>): Promise<AttemptOutcome> => {
    const end = await running.ended;
    await killings.get(attempt.fence);
    const evidence = await runner.collect(world.folderOf(attempt));
    const outcome = outcomeOf({ end, evidence, intent: intents.get(attempt.fence), wantsResult: wantsResult(attempt) });
    intents.delete(attempt.fence);
    killings.delete(attempt.fence);
    return outcome;
  };

  return {
    async start(attempt, inventory, onReport) {
      const prepared = await prepare(attempt, () => world.libraryOf(attempt.submission.workspace));
      if (!prepared.ok) return { kind: 'failed', failure: prepared.error, exitCode: undefined };
      if (intents.delete(attempt.fence)) return { kind: 'cancelled' };
      const folder = world.folderOf(attempt);
      const { argv, cwd, env } = prepared.value;
      const running = runner.start(
        {
          folder,
          marker: attempt.fence,
          request: requestOf(attempt, inventory, world.stateDir),
          argv,
          cwd,
          env: { ...environmentOf(attempt, folder), ...world.extraEnvironment(attempt), ...env },
        },
        onReport,
      );
      return conclude(attempt, running);
    },
    adopt: (attempt, onReport) =>
      conclude(attempt, runner.adopt({ folder: world.folderOf(attempt), marker: attempt.fence }, onReport)),
    kill(attempt, intent, graceMs) {
      if (!intents.has(attempt.fence)) intents.set(attempt.fence, intent);
      const killing = runner.kill({ folder: world.folderOf(attempt), marker: attempt.fence }, graceMs);
      killings.set(attempt.fence, Promise.all([killings.get(attempt.fence), killing]));
    },
  };
}

const wantsResult = (attempt: Attempt): boolean => attempt.operation.type !== 'command.run';
