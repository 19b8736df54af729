import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import type { RollbackParts } from './documents.ts';
import type { RollbackDocument } from './responses.ts';

interface Made {
  readonly id: string | null;
  readonly plan: {
    readonly workflow: Workflow;
    readonly irreversible: readonly string[];
    readonly uncompensated: readonly string[];
    readonly altered: readonly string[];
  };
}

/** The first is the run that is taken back, as it stands after that was asked for. */
export const rollbackDocument = (
  { workflow_id: of, rolled_back_by, rollback }: RollbackParts & { readonly workflow_id: string },
  { id, plan }: Made,
): RollbackDocument => ({
  workflow_id: id ?? rolled_back_by ?? null,
  ...(rollback === undefined ? {} : { rollback }),
  rollback_of: of,
  operations: plan.workflow.operations.map((operation) => ({
    id: operation.id,
    type: operation.type,
    dependencies: operation.dependencies.map((said) => dependencyOf(said).id),
  })),
  irreversible: [...plan.irreversible],
  uncompensated: [...plan.uncompensated],
  altered: [...plan.altered],
});
