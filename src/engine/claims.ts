import { RESOURCE_KINDS } from '../domain/resource.ts';
import { transitionTask } from '../domain/task.ts';
import { nameOf } from '../executor/request.ts';
import type { Claim } from '../ports/store.ts';
import { operationOf, taskOf } from '../workflow/view.ts';
import type { Owned } from './owned.ts';

/** The wish to start a task, with what will stand in the store if it is granted. */
export function claimOf(run: Owned, task: number, made: { fence: string; at: number }): Claim {
  const state = taskOf(run.view, task);
  const event = { type: 'task.started', task, attempt: state.attempts + 1, fence: made.fence } as const;
  return { run: run.id, task, event, state: transitionTask(state, event, made.at), resources: resourcesOf(run, task) };
}

/**
 * Every operation that changes a resource holds it: two runs never work on one server at the same time. A cluster
 * brings its taskservs, and changes their records too.
 */
function resourcesOf(run: Owned, task: number): string[] {
  const operation = operationOf(run.view, task);
  const [noun] = operation.type.split('.');
  if (!RESOURCE_KINDS.some((kind) => kind === noun)) return [];
  const { workspace, workflow } = run.submission;
  const key = (kind: string, name: string): string => [workspace, workflow.infra, kind, name].join('|');
  const { taskservs } = operation.params;
  const brought = noun === 'cluster' && Array.isArray(taskservs) ? taskservs.map(String) : [];
  return [key(noun ?? '', nameOf(operation)), ...new Set(brought.map((name) => key('taskserv', name)))];
}
