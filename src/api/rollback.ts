import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { RollbackDocument } from './responses.ts';

interface Made {
  readonly id: string | null;
  readonly plan: {
    readonly workflow: Workflow;
    readonly irreversible: readonly string[];
    readonly uncompensated: readonly string[];
  };
}

export const rollbackDocument = (of: string, { id, plan }: Made): RollbackDocument => ({
  workflow_id: id,
  rollback_of: of,
  operations: plan.workflow.operations.map((operation) => ({
    id: operation.id,
    type: operation.type,
    dependencies: operation.dependencies.map((said) => dependencyOf(said).id),
  })),
  irreversible: [...plan.irreversible],
  uncompensated: [...plan.uncompensated],
});
