import { failure } from '../domain/failure.ts';
import type { Failure } from '../domain/failure.ts';
import { isRecord } from '../domain/json.ts';
import type { JsonRecord } from '../domain/json.ts';
import { err, ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import { ONE_ATTEMPT } from '../domain/retry.ts';
import { isOutcome } from '../domain/run-outcome.ts';
import type { Compensation, Operation, Workflow } from '../domain/workflow.ts';
import { resolveParams } from './resolve.ts';
import { resultsOf } from './results.ts';
import { operationOf, taskOf } from './view.ts';
import type { RunView } from './view.ts';

/** What of a run a rollback leaves as it is. */
export interface Stays {
  /** Ids of completed operations that say of themselves that they cannot be taken back. */
  readonly irreversible: readonly string[];
  /** Ids of completed operations that changed something, perhaps, but have no compensation. */
  readonly uncompensated: readonly string[];
  /** Ids of completed operations that changed what was there before the run: it stays as they left it. */
  readonly altered: readonly string[];
}

/** What takes a run back, and what it cannot take back. */
export interface RollbackPlan extends Stays {
  /** Compensations as a workflow of their own, in reverse order, parallel where they are independent. */
  readonly workflow: Workflow;
}

/**
 * Plans the rollback of a run that has ended. What a task found as it should be (`changed: false` in its result) was not
 * made by this run, and stays. Of what it found and changed, its result says which part is new (`made`: what the
 * compensating operation has to be told besides the name; null: none of it) and that there is more (`altered`).
 */
export function planRollback(view: RunView): Result<RollbackPlan, Failure> {
  const refused = whyNot(view);
  if (refused !== undefined) return err(refused);
  const compensations = new Map<number, Compensation>();
  const results = resultsOf(view);
  for (const task of tasksThatMade(view)) {
    const compensation = compensationOf(view, task);
    if (compensation === undefined) continue;
    const params = resolveParams(compensation.params, results);
    if (!params.ok) return params;
    compensations.set(task, { ...compensation, params: params.value });
  }
  return ok({ workflow: workflowOf(view, compensations), ...whatStays(view) });
}

export function whatStays(view: RunView): Stays {
  const done = tasksThatMade(view);
  const idsOf = (stays: (task: number) => boolean): readonly string[] =>
    done.filter((task) => stays(task)).map((task) => operationOf(view, task).id);
  const isIrreversible = (task: number): boolean => operationOf(view, task).irreversible === true;
  const isAltered = (task: number): boolean =>
    !isSaid(operationOf(view, task)) && resultOf(view, task)['altered'] === true;
  return {
    irreversible: idsOf(isIrreversible),
    uncompensated: idsOf(
      (task) => compensationOf(view, task) === undefined && !isIrreversible(task) && !isAltered(task),
    ),
    altered: idsOf(isAltered),
  };
}

const tasksThatMade = (view: RunView): readonly number[] =>
  [...view.tasks.keys()].filter((task) => madeSomething(view, task));

function whyNot(view: RunView): Failure | undefined {
  const { id, workflow, state } = view;
  if (!isOutcome(state.status))
    return failure('conflict', `run ${id} has not ended: it is ${state.status}`, {
      hint:
        state.status === 'cancelling'
          ? `Wait until it has: provisioning workflow monitor ${id}`
          : `Cancel it first: provisioning workflow cancel ${id}`,
    });
  if (!workflow.rollback_enabled)
    return failure('conflict', `workflow ${workflow.name} does not allow a rollback`, {
      hint: 'A workflow allows it with rollback_enabled = true.',
    });
  const unknown = view.tasks.findIndex((task) => task.status === 'unknown');
  if (unknown < 0) return undefined;
  const task = operationOf(view, unknown).id;
  return failure('conflict', `nobody knows whether ${task} took effect, so nobody knows what to take back`, {
    hint: `Look, then say it: provisioning workflow resolve ${id} ${task} --as completed|failed|retry`,
  });
}

function madeSomething(view: RunView, task: number): boolean {
  return taskOf(view, task).status === 'completed' && resultOf(view, task)['changed'] !== false;
}

function resultOf(view: RunView, task: number): JsonRecord {
  const state = taskOf(view, task);
  return state.status === 'completed' ? state.result : {};
}

/** What takes it back, or that nothing does, was said with the operation. */
const isSaid = ({ irreversible, compensate }: Operation): boolean => irreversible === true || compensate !== undefined;

/** What is said, else the deleting operation of a shipped creating one, for what is new. */
function compensationOf(view: RunView, task: number): Compensation | undefined {
  const operation = operationOf(view, task);
  if (isSaid(operation)) return operation.compensate;
  const type = OPPOSITES[operation.type];
  const { made } = resultOf(view, task);
  if (type === undefined || made === null) return undefined;
  const { name } = operation.params;
  const params: JsonRecord = { ...(isRecord(made) ? made : {}), name: typeof name === 'string' ? name : operation.id };
  return { type, params };
}

const OPPOSITES: Readonly<Record<string, string>> = {
  'server.create': 'server.delete',
  'taskserv.create': 'taskserv.delete',
  'cluster.create': 'cluster.delete',
  'app.deploy': 'app.remove',
};

function workflowOf(view: RunView, compensations: ReadonlyMap<number, Compensation>): Workflow {
  const { workflow } = view;
  const operations = [...compensations].toReversed().map(([task, { type, params }]): Operation => ({
    id: undoId(view, task),
    type,
    provider: operationOf(view, task).provider,
    params,
    dependencies: nextCompensated(view, task, compensations).map((dependant) => undoId(view, dependant)),
    priority: operationOf(view, task).priority,
    retry: ONE_ATTEMPT,
  }));
  const { infra, parallel_limit } = workflow;
  return { name: `rollback-${workflow.name}`.slice(0, 63), infra, parallel_limit, rollback_enabled: false, operations };
}

/** Names have 63 characters; where the id leaves no room, its number tells. */
const undoId = (view: RunView, task: number): string => {
  const id = `undo-${operationOf(view, task).id}`;
  return id.length <= 63 ? id : `undo-${task}`;
};

/** The nearest compensated tasks that depend on `task`, over any number of others in between. */
function nextCompensated(view: RunView, task: number, compensated: ReadonlyMap<number, unknown>): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const open = [task];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const { task: dependant } of view.dependants[at] ?? []) {
      if (seen.has(dependant)) continue;
      seen.add(dependant);
      if (compensated.has(dependant)) found.add(dependant);
      else open.push(dependant);
    }
  return [...found].toSorted((a, b) => a - b);
}
