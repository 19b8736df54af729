import { handedOn } from '../config/environment-of-tasks.ts';
import type { Configuration } from '../config/load.ts';
import type { Mode, Source, Submission } from '../domain/submission.ts';
import type { Workflow } from '../domain/workflow.ts';

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
    parent: environment.variables['PROVISIONING_TASK_ID'],
    environment: handedOn(environment.variables),
    settings: {
      task_timeout_seconds: settings.executor.task_timeout_seconds,
      env_vars: settings.nushell.env_vars,
      pools: settings.pools,
    },
  };
}
