import { describe, expect, test } from 'vitest';
import { wrongClaims } from '../../src/workflow/reach.ts';
import { operation, problems, valid, workflowOf } from './document.ts';
import { cpuTime } from '../rig/cpu-time.ts';

const SYNTAX = "Write {{ tasks['ID'].field }}, or further in: {{ tasks['ID'].field.inner[0] }}.";
const echo = (text: unknown, extra: object = {}) => operation('c', { params: { argv: ['echo', text] }, ...extra });
const at = 'operations[2] (c).params.argv[1]';

const flow = (text: unknown, dependencies: readonly unknown[] = ['b']) =>
  workflowOf(operation('a'), operation('b', { dependencies: ['a'] }), echo(text, { dependencies }));

test('the result of a dependency, and of what that depends on, may be used', () => {
  for (const text of ['{{ tasks.b.x }}', "{{ tasks['a'].x[0].y }} and {{ tasks.b.message }}"])
    expect(valid(flow(text)).operations[2]?.params).toEqual({ argv: ['echo', text] });
});

test('braces around anything else are data', () => {
  for (const text of [
    '{{ name }}',
    '{{ tasks }}',
    '{{ tasks | length }}',
    '{{ tasks_total.x }}',
    '{{',
    '{% tasks.a %}',
  ])
    expect(problems(flow(text, []))).toEqual([]);
});

describe('a result is refused', () => {
  test.each<[string, string, readonly unknown[], readonly string[]]>([
    [
      'of a task that does not exist',
      '{{ tasks.bb.x }}',
      ['b'],
      [`${at}: uses the result of "bb", which does not exist | Did you mean "b"?`],
    ],
    [
      'of a task that nothing waits for',
      '{{ tasks.b.x }}',
      ['a'],
      [`${at}: uses the result of "b", which "c" does not depend on | Add "b" to its dependencies.`],
    ],
    [
      'of the task itself',
      '{{ tasks.c.x }}',
      ['b'],
      [`${at}: uses the result of its own task | It is known when the task has ended.`],
    ],
    [
      'as a whole',
      "{{ tasks['b'] }}",
      ['b'],
      [`${at}: "{{ tasks['b'] }}" is no use of a result that is understood here | ${SYNTAX}`],
    ],
    [
      'with a filter',
      'x {{ tasks.b.x | upper }}',
      ['b'],
      [`${at}: "{{ tasks.b.x | upper }}" is no use of a result that is understood here | ${SYNTAX}`],
    ],
    [
      'with trimming',
      '{{- tasks.b.x -}}',
      ['b'],
      [`${at}: "{{- tasks.b.x -}}" is no use of a result that is understood here | ${SYNTAX}`],
    ],
    [
      'without an end',
      '{{ tasks.b.x',
      ['b'],
      [`${at}: "{{ tasks.b.x" is no use of a result that is understood here | ${SYNTAX}`],
    ],
  ])('%s', (_, text, dependencies, expected) => {
    expect(problems(flow(text, dependencies))).toEqual(expected);
  });

  test('in every place where it is wrong', () => {
    expect(problems(flow('{{ tasks.x.y }}{{ tasks.y.z }}{{ tasks.c.z }}'))).toHaveLength(3);
  });
});

test('a result is refused of a task that has failed wherever this runs, however far away', () => {
  const failureOfA = operation('b', { dependencies: [{ id: 'a', on: 'failure' }] });
  const refused = 'uses the result of "a", which has none where this runs: it runs when that one failed';
  const problemsOf = (...rest: readonly object[]) => problems(workflowOf(operation('a'), failureOfA, ...rest));
  const use = (dependencies: readonly unknown[]) => echo('{{ tasks.a.x }}', { dependencies });
  expect(problemsOf(use(['b']))).toEqual([expect.stringMatching(`^operations.2. .c.*: ${refused} `)]);
  const chain = ['d', 'e', 'f'].map((id, index) => operation(id, { dependencies: ['bde'.charAt(index)] }));
  expect(problemsOf(...chain, use(['f']))).toEqual([expect.stringMatching(`^operations.5. .c.*: ${refused} `)]);
  expect(problemsOf(use([{ id: 'b', on: 'always' }]))).toEqual([]);
  expect(problemsOf(operation('d'), use(['b', 'd', { id: 'a', on: 'always' }]))).toHaveLength(1);
});

test('a result is refused of a task that cannot run where this runs', () => {
  const [onSuccess, onFailure] = [{ dependencies: ['a'] }, { dependencies: [{ id: 'a', on: 'failure' }] }];
  const use = echo('{{ tasks.d.x }}', { dependencies: ['b', { id: 'd', on: 'always' }] });
  const problemsOf = (b: object, d: object) =>
    problems(workflowOf(operation('a'), operation('b', b), operation('d', d), use));
  for (const [b, d] of [
    [onSuccess, onFailure],
    [onFailure, onSuccess],
  ] as const)
    expect(problemsOf(b, d)).toEqual([
      'operations[3] (c).params.argv[1]: uses the result of "d", which has none where this runs: ' +
        '"a" would have to complete and to fail | Change a dependency, or write the value itself.',
    ]);
  expect(problemsOf(onSuccess, onSuccess)).toEqual([]);
  expect(problemsOf(onFailure, onFailure)).toEqual([]);
});

test('a result is refused of a task whose failure is waited for, however it is used, and only then', () => {
  const after = (on: string) => [{ id: 'b', on }];
  const refused =
    'uses the result of "b", which has none where this runs: it runs when that one failed | ' +
    'Write the value itself. What a failed task said and printed is on record: provisioning workflow logs ID TASK.';
  expect(problems(flow('{{ tasks.b.message }}', after('failure')))).toEqual([`${at}: ${refused}`]);
  for (const on of ['success', 'always']) expect(problems(flow('{{ tasks.b.message }}', after(on)))).toEqual([]);
  expect(problems(flow('{{ tasks.a.message }}', after('failure')))).toEqual([]);
  const compensate = { type: 'command.run', params: { argv: ['rm', '{{ tasks.b.x }}'] } };
  const undoes = echo('-', { dependencies: after('failure'), compensate });
  expect(problems(workflowOf(operation('a'), operation('b'), undoes))).toEqual([
    `operations[2] (c).compensate.params.argv[1]: ${refused}`,
  ]);
});

describe('a result may stand where any value does', () => {
  const app = (params: object) =>
    problems(workflowOf(operation('a'), { id: 'c', type: 'app.deploy', params, dependencies: ['a'] }));

  test('whatever the type of that value', () => {
    const used = '{{ tasks.a.x }}';
    expect(app({ cluster: used, replicas: used, port: used, image: `r/${used}`, env: { A: used } })).toEqual([]);
    expect(app({ env: used })).toEqual([]);
    const servers = (value: unknown) => ({
      id: 'c',
      type: 'taskserv.create',
      params: { servers: value },
      dependencies: ['a'],
    });
    expect(problems(workflowOf(operation('a'), servers([used, 'web-1']), { ...servers(used), id: 'd' }))).toEqual([]);
    expect(
      problems(workflowOf(operation('a'), operation('c', { params: { argv: used }, dependencies: ['a'] }))),
    ).toEqual([]);
  });

  test('while what stands beside it is checked', () => {
    expect(app({ cluster: '{{ tasks.a.x }}', replicas: 'many' })).toEqual([
      'operations[1] (c).params.replicas: "replicas" must be a whole number, 0 to 100000; found "many"',
    ]);
  });

  test('but not for what is held before the task starts', () => {
    expect(app({ name: 'app-{{ tasks.a.x }}' })).toEqual([
      'operations[1] (c).params.name: "name" must be known before the task starts | Write it out, without the result of a task.',
    ]);
    const cluster = {
      id: 'c',
      type: 'cluster.create',
      params: { taskservs: ['{{ tasks.a.x }}'] },
      dependencies: ['a'],
    };
    expect(problems(workflowOf(operation('a'), cluster))).toHaveLength(1);
  });
});

test('what takes an operation back may use its own result, too', () => {
  const withCompensation = (text: string) =>
    workflowOf(operation('a'), operation('c', { compensate: { type: 'command.run', params: { argv: ['rm', text] } } }));
  expect(problems(withCompensation('{{ tasks.c.path }}'))).toEqual([]);
  expect(problems(withCompensation('{{ tasks.a.path }}'))).toEqual([
    'operations[1] (c).compensate.params.argv[1]: uses the result of "a", which "c" does not depend on | Add "a" to its dependencies.',
  ]);
});

test('of more claims than fit into one pass, exactly the wrong ones are found', () => {
  // Each of 200 depends on the one four before it: it reaches those of its own remainder.
  const edges = Array.from({ length: 200 }, (_, node) =>
    node < 4 ? [] : [{ on: node - 4, wanted: 'completed' as const }],
  );
  const order = edges.map((_, node) => node);
  const claims = order.flatMap((node) => order.map((on) => ({ node, on })));
  const wrong = new Set(wrongClaims({ edges, order }, claims));
  for (const claim of claims)
    expect(wrong.has(claim)).toBe(!(claim.on < claim.node && (claim.node - claim.on) % 4 === 0));
});

test.each<[string, (index: number) => number]>([
  ['of the same task', () => 0],
  ['each of another task', (index) => index - 2],
])('50,000 uses of results that are not waited for directly are checked in a moment: %s', (_, usedBy) => {
  const operations = Array.from({ length: 50_000 }, (_unused, index) =>
    operation(`op-${index}`, {
      dependencies: index === 0 ? [] : [`op-${index - 1}`],
      params: { argv: ['echo', index < 2 ? '' : `{{ tasks['op-${usedBy(index)}'].x }}`] },
    }),
  );
  const used = cpuTime();
  expect(problems({ name: 'big', operations })).toEqual([]);
  expect(used()).toBeLessThan(3000);
});
