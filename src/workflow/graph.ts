import type { TaskDocument } from '../api/documents.ts';
import type { GraphDocument } from '../api/views.ts';
import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import { plan } from './plan.ts';

export interface OfRun {
  readonly workflow_id: string;
  readonly tasks: readonly Pick<TaskDocument, 'id' | 'status'>[];
}

/** What waits for what, as data. */
export function graphOf(workflow: Workflow, run?: OfRun): GraphDocument {
  const { order, waves } = plan(workflow);
  const waveOf = new Map(waves.flatMap((nodes, wave) => nodes.map((node) => [node, wave + 1])));
  const statuses = new Map(run?.tasks.map(({ id, status }) => [id, status]));
  const operations = order.flatMap((node) => {
    const operation = workflow.operations[node];
    return operation === undefined ? [] : [{ ...operation, wave: waveOf.get(node) ?? 1 }];
  });
  return {
    name: workflow.name,
    workflow_id: run?.workflow_id ?? null,
    nodes: operations.map(({ id, type, wave }) => ({ id, type, wave, status: statuses.get(id) ?? null })),
    edges: operations.flatMap(({ id: to, dependencies }) =>
      dependencies.map(dependencyOf).map(({ id: from, kind, on }) => ({ from, to, kind, on })),
    ),
  };
}
