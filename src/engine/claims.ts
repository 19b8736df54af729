import { RESOURCE_KINDS } from '../domain/resource.ts';
import type { Pool } from '../domain/pool.ts';
import type { Submission } from '../domain/submission.ts';
import { transitionTask } from '../domain/task.ts';
import type { Operation } from '../domain/workflow.ts';
import { nameOf } from '../executor/request.ts';
import type { Claim, ClaimAnswer } from '../ports/store.ts';
import type { Needs, Obstacle } from '../scheduler/needs.ts';
import { operationOf, taskOf } from '../workflow/view.ts';
import type { Owned } from './owned.ts';

/** For a name that the run's settings do not know, which a definition is refused for: nothing is let loose. */
const ONE_BY_ONE: Pool = { limit: 1, rate_per_second: null, burst: 1 };

/** The wish to start a task, with what will stand in the store if it is granted. */
export function claimOf(run: Owned, task: number, made: { fence: string; at: number }): Claim {
  const state = taskOf(run.view, task);
  if (state.status === 'running') return returnOf(run, task, made.at);
  const event = { type: 'task.started', task, attempt: state.attempts + 1, fence: made.fence } as const;
  const { keys, pool } = needsOf(run, task);
  return { run: run.id, task, event, state: transitionTask(state, event, made.at), holds: keys, pool };
}

/** The wish to let a task go on: it has never let go of what it holds. */
function returnOf(run: Owned, task: number, at: number): Claim {
  const event = { type: 'task.resumed', task, child: run.back.get(task) ?? '' } as const;
  const { pool } = needsOf(run, task);
  return { run: run.id, task, event, state: transitionTask(taskOf(run.view, task), event, at), holds: [], pool };
}

/** What kept a claim from being granted. */
export const obstacleOf = (answer: ClaimAnswer & { granted: false }): Obstacle =>
  answer.reason === 'held' ? { kind: 'key', key: answer.key } : { kind: answer.reason };

/** What a task needs besides a slot: its mutexes, what it changes, a place in its pool. */
export const needsOf = (run: Owned, task: number): Needs => operationNeeds(run.submission, operationOf(run.view, task));

export function operationNeeds(submission: Submission, operation: Operation): Needs {
  const { pool, mutex = [] } = operation;
  return {
    // A resource's key begins with an absolute path, so the two never meet.
    keys: [...mutex.map((key) => `mutex:${key}`), ...resourcesOf(submission, operation)],
    pool: pool === undefined ? undefined : { name: pool, settings: submission.settings.pools[pool] ?? ONE_BY_ONE },
  };
}

/**
 * Every operation that changes a resource holds it: two runs never work on one server at the same time. A cluster
 * brings its taskservs, and changes their records too.
 */
function resourcesOf({ workspace, workflow }: Submission, operation: Operation): string[] {
  const [noun] = operation.type.split('.');
  if (!RESOURCE_KINDS.some((kind) => kind === noun)) return [];
  const key = (kind: string, name: string): string => [workspace, workflow.infra, kind, name].join('|');
  const { taskservs } = operation.params;
  const brought = noun === 'cluster' && Array.isArray(taskservs) ? taskservs.map(String) : [];
  return [key(noun ?? '', nameOf(operation)), ...new Set(brought.map((name) => key('taskserv', name)))];
}
