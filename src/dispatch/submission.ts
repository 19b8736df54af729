import type { Configuration } from '../config/load.ts';
import type { Mode, Source, Submission } from '../domain/submission.ts';
import type { Workflow } from '../domain/workflow.ts';

const HANDED_ON = /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ|SSH_AUTH_SOCK)$/;

export interface Given {
  readonly key: string;
  readonly workflow: Workflow;
  readonly mode: Mode;
  readonly fallback: string | null;
  readonly source: Source | undefined;
}

/** The work with all of its surroundings that hold for the run. */
export function submissionOf({ settings, workspace, environment }: Configuration, given: Given): Submission {
  return {
    ...given,
    workspace: workspace.root,
    environment: Object.fromEntries(
      Object.entries(environment.variables).flatMap(([name, value]) =>
        value !== undefined && HANDED_ON.test(name) ? [[name, value] as const] : [],
      ),
    ),
    settings: {
      task_timeout_seconds: settings.executor.task_timeout_seconds,
      env_vars: settings.nushell.env_vars,
      pools: settings.pools,
    },
  };
}
