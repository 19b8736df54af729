import { describe, expect, test } from 'vitest';
import { isOutcome } from '../../src/domain/run-outcome.ts';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import { NEW_TASK } from '../../src/domain/task.ts';
import { DEPENDENCY_CONDITIONS, DEPENDENCY_KINDS, dependencyOf } from '../../src/domain/workflow.ts';
import type { Dependency, OnFailure, Workflow } from '../../src/domain/workflow.ts';
import { advance } from '../../src/workflow/advance.ts';
import { impossibleClaims, wantedBy } from '../../src/workflow/impossible.ts';
import type { Wanted } from '../../src/workflow/flat.ts';
import { applyEvent, createView } from '../../src/workflow/view.ts';
import { cpuTime } from '../rig/cpu-time.ts';
import { below, pick, randomOf } from '../rig/random.ts';
import { operation, problems, valid, workflowOf } from './document.ts';

describe('what a dependency wants of the end of another', () => {
  test.each<[Dependency['kind'], Dependency['on'], OnFailure | undefined, Wanted]>([
    ['hard', 'success', undefined, 'completed'],
    ['hard', 'success', 'fail', 'completed'],
    ['hard', 'success', 'rollback', 'completed'],
    ['hard', 'success', 'continue', 'run'],
    ['hard', 'failure', undefined, 'failed'],
    ['hard', 'failure', 'continue', 'failed'],
    ['hard', 'always', undefined, 'any'],
    ['hard', 'always', 'continue', 'any'],
    ['optional', 'success', undefined, 'completed'],
    ['optional', 'success', 'continue', 'run'],
    ['optional', 'failure', undefined, 'failed'],
    ['optional', 'always', undefined, 'any'],
    ['soft', 'success', undefined, 'any'],
    ['soft', 'success', 'continue', 'any'],
    ['soft', 'always', undefined, 'any'],
  ])('%s, on %s, of one with on_failure = %s: %s', (kind, on, onFailure, wanted) => {
    expect(wantedBy({ id: 'x', kind, on }, onFailure)).toBe(wanted);
  });
});

/** `after` of `index`: ids are t0, t1 …; each depends on some of those before it. */
function randomOperations(random: () => number): { dependencies: Dependency[]; on_failure?: OnFailure }[] {
  return Array.from({ length: 2 + below(random, 5) }, (_, index) => {
    const earlier = Array.from({ length: index }, (_unused, before) => before);
    const dependencies = earlier
      .filter(() => random() < 2 / (index + 1))
      .map((before): Dependency => {
        const kind = random() < 0.15 ? 'soft' : pick(random, DEPENDENCY_KINDS);
        return { id: `t${before}`, kind, on: kind === 'soft' ? 'success' : pick(random, DEPENDENCY_CONDITIONS) };
      });
    return random() < 0.2 ? { dependencies, on_failure: 'continue' } : { dependencies };
  });
}

/** Of each, all that it depends on, directly or not. */
function ancestorsOf(all: readonly { readonly dependencies: readonly Dependency[] }[]): number[][] {
  const found: number[][] = [];
  for (const { dependencies } of all) {
    const direct = dependencies.map(({ id }) => Number(id.slice(1)));
    found.push([...new Set(direct.flatMap((before) => [before, ...(found[before] ?? [])]))]);
  }
  return found;
}

/** Lets `last` begin when there is nothing else to begin; bit n of `fails` says that tn fails. What had completed then. */
function completedBefore(workflow: Workflow, last: number, fails: number): readonly number[] | undefined {
  const tasks = workflow.operations.map(() => NEW_TASK);
  const view = createView({ id: 'R', workflow, state: { status: 'queued' }, tasks });
  advance(view, { type: 'start' }, 0);
  for (let now = 1; !isOutcome(view.state.status); now++) {
    const ready = view.ready.flatMap((set) => [...set]);
    const task = ready.find((one) => one !== last) ?? last;
    if (task === last) return view.tasks.flatMap(({ status }, index) => (status === 'completed' ? [index] : []));
    applyEvent(view, { type: 'task.started', task, attempt: 1, fence: `${now}` }, now);
    const outcome = (fails & (1 << task)) === 0 ? completed : failed;
    advance(view, { type: 'ended', task, fence: `${now}`, outcome }, now);
  }
  return undefined;
}

const completed: AttemptOutcome = { kind: 'completed', message: null, result: {}, resources: [] };
const failed: AttemptOutcome = { kind: 'failed', failure: failure('work_failed', 'no'), exitCode: 1 };

test('of 400 random workflows, exactly those uses of results are refused that have a value in no run at all', () => {
  let refused = 0;
  for (let seed = 0; seed < 400; seed++) {
    const all = randomOperations(randomOf(seed));
    const ancestors = ancestorsOf(all);
    const withUses = all.map((extra, index) =>
      operation(`t${index}`, {
        ...extra,
        params: { argv: ['echo', ...(ancestors[index] ?? []).map((before) => `{{ tasks.t${before}.x }}`)] },
      }),
    );
    const complaints = problems(workflowOf(...withUses));
    const workflow = valid(workflowOf(...all.map((extra, index) => operation(`t${index}`, extra))));
    for (const [node, before] of ancestors.entries()) {
      const runs = Array.from({ length: 2 ** all.length }, (_, fails) => completedBefore(workflow, node, fails));
      for (const [index, on] of before.entries()) {
        const at = `operations[${node}] (t${node}).params.argv[${index + 1}]: `;
        const isRefused = complaints.some((complaint) => complaint.startsWith(at));
        const mayHaveValue = runs.some((done) => done?.includes(on));
        expect(isRefused, `seed ${seed}, t${node} uses t${on}: ${JSON.stringify(all)}`).toBe(!mayHaveValue);
        if (isRefused) refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test('of random workflows without conditions, no run reaches a task whose use of a result has no value', () => {
  for (let seed = 0; seed < 100; seed++) {
    const all = randomOperations(randomOf(seed)).map(({ dependencies }) => ({
      dependencies: dependencies.map(({ id }) => id),
    }));
    const ancestors = ancestorsOf(all.map(({ dependencies }) => ({ dependencies: dependencies.map(dependencyOf) })));
    const workflow = valid(workflowOf(...all.map((extra, index) => operation(`t${index}`, extra))));
    for (const [node, before] of ancestors.entries())
      for (let fails = 0; fails < 2 ** all.length; fails++) {
        const done = completedBefore(workflow, node, fails);
        if (done !== undefined) expect(done).toEqual(expect.arrayContaining(before));
      }
  }
});

test('of more failures that are waited for than fit into one pass, each is looked at', () => {
  // For each of 100: x, one that runs when it failed, and one after that which uses the result of x, or of nothing.
  const edges = Array.from({ length: 300 }, (_, node) =>
    node % 3 === 0 ? [] : [{ on: node - 1, wanted: node % 3 === 1 ? ('failed' as const) : ('completed' as const) }],
  );
  const order = edges.map((_, node) => node);
  const claims = order
    .filter((node) => node % 3 === 2)
    .flatMap((node) => [node - 1, node - 2].map((on) => ({ node, on })));
  const found = impossibleClaims({ edges, order }, claims);
  expect(found.map(({ claim }) => claim)).toEqual(claims.filter(({ node, on }) => node - on === 2));
  for (const { claim, torn } of found) expect(torn).toBe(claim.on);
});

test('25,000 operations with an alert each are checked in a moment', () => {
  const operations = Array.from({ length: 25_000 }, (_, index) => [
    operation(`op-${index}`),
    operation(`alert-${index}`, {
      dependencies: [{ id: `op-${index}`, on: 'failure' }, `op-${(index + 12_500) % 25_000}`],
      params: { argv: ['echo', `{{ tasks['op-${(index + 12_500) % 25_000}'].x }}`] },
    }),
  ]);
  const used = cpuTime();
  expect(problems({ name: 'big', operations: operations.flat() })).toEqual([]);
  expect(used()).toBeLessThan(3000);
});
