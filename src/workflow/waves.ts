import { dependencyOf } from '../domain/workflow.ts';
import type { Operation } from '../domain/workflow.ts';
import { orderOf } from './order.ts';

type Node = Pick<Operation, 'id' | 'dependencies'>;

/** For each operation the numbers of those that it depends on. What an optional dependency does not find is none. */
export function dependencyIndexes(operations: readonly Node[]): readonly (readonly number[])[] {
  const indexOf = new Map(operations.map(({ id }, index) => [id, index]));
  return operations.map(({ dependencies }) =>
    dependencies.map((said) => indexOf.get(dependencyOf(said).id)).filter((index) => index !== undefined),
  );
}

/**
 * For each operation its wave, from 0: the first one depends on nothing, every other one on something of the wave before.
 * People think of a workflow in these; the scheduler does not, it starts whatever may start.
 */
export function wavesOf(operations: readonly Node[]): readonly number[] {
  const dependencies = dependencyIndexes(operations);
  const waves = operations.map(() => 0);
  for (const node of orderOf(dependencies).order)
    waves[node] = (dependencies[node] ?? []).reduce((wave, before) => Math.max(wave, (waves[before] ?? 0) + 1), 0);
  return waves;
}
