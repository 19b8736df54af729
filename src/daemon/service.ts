import type { CommandType } from '../api/paths.ts';
import type { CommandBody } from '../api/requests.ts';
import type { Health } from '../api/responses.ts';
import type { Condition } from '../compose/condition.ts';
import type { Failure } from '../domain/failure.ts';
import type { Result } from '../domain/result.ts';
import type { RunSettings } from '../domain/submission.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { Engine } from '../engine/engine.ts';
import type { Reads } from '../ports/reads.ts';
import type { EventHub } from './event-hub.ts';
import type { Life } from './life.ts';
import type { LiveSettings } from './live-settings.ts';
import type { Log } from './log.ts';

/** Who asks for a command: in which workspace, and in which task, if in one (its `task_id`). */
export interface Asker {
  readonly workspace: string;
  readonly task: string | undefined;
}

/** Makes workflows of what callers send. `workspace` is a real path; `pools` are the names of those that the run knows. */
export interface Planner {
  definition(
    value: unknown,
    workspace: string,
    pools: ReadonlySet<string>,
  ): Promise<Result<Workflow, readonly Failure[]>>;
  /** Without `body.workspace` no file is read: `body.params` carries the definitions. */
  command(type: CommandType, body: CommandBody, from: Asker): Promise<Result<Workflow, readonly Failure[]>>;
}

/** What holds for runs whose callers say nothing about it: those of `curl`. */
export interface RunDefaults {
  readonly workspace: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: RunSettings;
}

/** What the HTTP handlers work on. */
export interface Service {
  readonly engine: Engine;
  readonly reads: Reads;
  readonly planner: Planner;
  readonly events: EventHub;
  readonly life: Life;
  readonly condition: Condition;
  readonly log: Log;
  readonly token: string;
  readonly defaults: RunDefaults;
  readonly settings: Pick<LiveSettings, 'reload'>;
  readonly newKey: () => string;
  readonly health: () => Health;
  /** Cancels every run that this orchestrator owns; resolves when they have ended. */
  readonly cancelAll: (reason: string) => Promise<void>;
}
