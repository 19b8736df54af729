import { dependencyOf } from '../domain/workflow.ts';
import type { Workflow } from '../domain/workflow.ts';
import { orderOf } from './order.ts';

/** What waits for what. All numbers are indices into `workflow.operations`. */
export interface Plan {
  /** Each operation after all that it depends on; otherwise as in the file. */
  readonly order: readonly number[];
  readonly dependencies: readonly (readonly number[])[];
  readonly dependants: readonly (readonly number[])[];
  /** What could run together: each wave depends on earlier ones only. */
  readonly waves: readonly (readonly number[])[];
}

/** Linear in operations and dependencies. */
export function plan(workflow: Pick<Workflow, 'operations'>): Plan {
  const { operations } = workflow;
  const indices = new Map(operations.map(({ id }, index) => [id, index]));
  const dependencies = operations.map((operation) =>
    operation.dependencies.map((said) => known(indices, dependencyOf(said).id)),
  );
  const { order, cycles } = orderOf(dependencies);
  if (cycles.length > 0) throw new Error('Internal error: a validated workflow has a cycle');
  return { order, dependencies, dependants: reversed(dependencies), waves: wavesOf(order, dependencies) };
}

function known(indices: ReadonlyMap<string, number>, id: string): number {
  const index = indices.get(id);
  if (index === undefined) throw new Error(`Internal error: a validated workflow has no operation "${id}"`);
  return index;
}

function reversed(edges: readonly (readonly number[])[]): number[][] {
  const result: number[][] = edges.map(() => []);
  for (const [from, targets] of edges.entries()) for (const to of targets) result[to]?.push(from);
  return result;
}

function wavesOf(order: readonly number[], dependencies: readonly (readonly number[])[]): number[][] {
  const levels: number[] = dependencies.map(() => 0);
  for (const node of order)
    for (const dependency of dependencies[node] ?? [])
      levels[node] = Math.max(levels[node] ?? 0, (levels[dependency] ?? 0) + 1);
  const waves: number[][] = [];
  for (const [node, level] of levels.entries()) (waves[level] ??= []).push(node);
  return waves;
}
