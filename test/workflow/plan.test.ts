import { describe, expect, test } from 'vitest';
import { orderOf } from '../../src/workflow/order.ts';
import { plan } from '../../src/workflow/plan.ts';
import { operation, valid, workflowOf } from './document.ts';
import { cpuTime } from '../rig/cpu-time.ts';

/** `plan` of operations named by the keys, which depend on the values. */
const planOf = (edges: Readonly<Record<string, readonly string[]>>) =>
  plan(valid(workflowOf(...Object.entries(edges).map(([id, dependencies]) => operation(id, { dependencies })))));

describe('a plan', () => {
  test('of independent operations is the file', () => {
    expect(planOf({ b: [], a: [], c: [] })).toEqual({
      order: [0, 1, 2],
      dependencies: [[], [], []],
      dependants: [[], [], []],
      waves: [[0, 1, 2]],
    });
  });

  test('keeps the order of a file that is in order', () => {
    expect(planOf({ a: [], b: ['a'], c: [], d: ['a', 'c'] }).order).toEqual([0, 1, 2, 3]);
  });

  test('puts what is needed first where the file does not', () => {
    const { order, waves, dependencies, dependants } = planOf({
      app: ['k8s'],
      k8s: ['web-1', 'web-2'],
      'web-1': [],
      'web-2': [],
    });
    expect(order).toEqual([2, 3, 1, 0]);
    expect(waves).toEqual([[2, 3], [1], [0]]);
    expect(dependencies).toEqual([[1], [2, 3], [], []]);
    expect(dependants).toEqual([[], [0], [1], [1]]);
  });

  test('has an operation in the wave after its last dependency', () => {
    expect(planOf({ a: [], b: ['a'], c: ['b'], d: ['a', 'c'] }).waves).toEqual([[0], [1], [2], [3]]);
  });

  test('of a chain of 100,000 does not overflow the stack', () => {
    const operations = Array.from({ length: 100_000 }, (_, index) =>
      operation(`op-${index}`, { dependencies: index === 99_999 ? [] : [`op-${index + 1}`] }),
    );
    const { order, waves } = plan(valid({ name: 'chain', operations }));
    expect([order[0], order.at(-1), waves.length]).toEqual([99_999, 0, 100_000]);
  });

  test('respects every dependency of graphs at random', () => {
    let seed = 42;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 50; round++) {
      const edges = Array.from({ length: 40 }, (_, node) =>
        Array.from({ length: random(4) }, () => 39 - random(40 - node)).filter((to) => to > node),
      );
      const { order, cycles } = orderOf(edges);
      const position = new Map(order.map((node, index) => [node, index]));
      expect(cycles).toEqual([]);
      expect(new Set(order).size).toBe(40);
      for (const [from, targets] of edges.entries())
        for (const to of targets) expect(position.get(to)).toBeLessThan(position.get(from) ?? -1);
    }
  });

  test('of what was never validated is a bug', () => {
    const one = valid(workflowOf(operation('a'))).operations[0];
    if (one === undefined) throw new Error('no operation');
    expect(() => plan({ operations: [{ ...one, dependencies: ['b'] }] })).toThrow('Internal error');
    expect(() => plan({ operations: [{ ...one, dependencies: ['a'] }] })).toThrow('Internal error');
  });
});

test('100,000 operations that depend on the same one are ordered in linear time', () => {
  const edges = Array.from({ length: 100_000 }, (_, index) => (index === 0 ? [] : [0]));
  const used = cpuTime();
  expect(orderOf(edges).order).toHaveLength(100_000);
  expect(used()).toBeLessThan(1000);
});
