import type { Failure } from '../domain/failure.ts';
import type { Json, JsonRecord } from '../domain/json.ts';
import type { Resource } from '../domain/resource.ts';
import { ok } from '../domain/result.ts';
import type { Result } from '../domain/result.ts';
import type { Submission } from '../domain/submission.ts';
import type { Operation } from '../domain/workflow.ts';

/** One try of one task. */
export interface Attempt {
  readonly workflowId: string;
  readonly taskId: string;
  /** Counts from 1. */
  readonly number: number;
  readonly fence: string;
  readonly operation: Operation;
  readonly submission: Submission;
  /** Puts the results of the run's tasks where the operation's parameters use them. */
  readonly resolve: (operation: Operation) => Result<Operation, Failure>;
}

/** The attempt with the parameters that its process gets. */
export function resolved(attempt: Attempt): Result<Attempt, Failure> {
  const operation = attempt.resolve(attempt.operation);
  return operation.ok ? ok({ ...attempt, operation: operation.value }) : operation;
}

export interface Surroundings {
  readonly inventory: readonly Resource[];
  readonly stateDir: string;
  /** What an earlier attempt saved last. */
  readonly checkpoint: Json;
}

/** What a task finds in its `request.json`. */
export function requestOf(attempt: Attempt, { inventory, stateDir, checkpoint }: Surroundings): JsonRecord {
  const { operation, submission } = attempt;
  const { servers } = operation.params;
  return {
    task_id: attempt.taskId,
    workflow_id: attempt.workflowId,
    attempt: attempt.number,
    key: attempt.taskId,
    id: operation.id,
    type: operation.type,
    provider: operation.provider ?? 'local',
    params: operation.params,
    infra: submission.workflow.infra,
    by_command: submission.source === undefined && submission.workflow.name === operation.type,
    workspace: submission.workspace,
    state_dir: stateDir,
    credentials: operation.credentials ?? {},
    waves: operation.waves ?? [],
    max_fail_percent: operation.max_fail_percent ?? 0,
    targets: Array.isArray(servers) ? servers : [nameOf(operation)],
    inventory: {
      servers: recordsOf(inventory, 'server'),
      taskservs: recordsOf(inventory, 'taskserv'),
      clusters: recordsOf(inventory, 'cluster'),
      apps: recordsOf(inventory, 'app'),
    },
    checkpoint,
  };
}

/** What the operation is about: `params.name`, by default the operation's id. */
export function nameOf(operation: Operation): string {
  const { name } = operation.params;
  return typeof name === 'string' ? name : operation.id;
}

function recordsOf(inventory: readonly Resource[], kind: Resource['kind']): JsonRecord {
  const records: Record<string, JsonRecord> = {};
  for (const resource of inventory)
    if (resource.kind === kind)
      records[resource.name] = {
        name: resource.name,
        provider: resource.provider,
        status: resource.status,
        definition: resource.definition,
        facts: resource.facts,
      };
  return records;
}

/** The environment of every task, over what its submitter had. */
export function environmentOf(attempt: Attempt, folder: string): Record<string, string> {
  return {
    ...attempt.submission.environment,
    PROVISIONING_TASK_DIR: folder,
    PROVISIONING_TASK_ID: attempt.taskId,
    PROVISIONING_WORKFLOW_ID: attempt.workflowId,
    PROVISIONING_ATTEMPT: String(attempt.number),
    PROVISIONING_TASK_KEY: attempt.taskId,
  };
}
