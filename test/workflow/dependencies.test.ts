import { expect, test } from 'vitest';
import { operation, problems, valid, workflowOf } from './document.ts';

const waiting = (...dependencies: readonly unknown[]) =>
  workflowOf(operation('a'), operation('b'), operation('c', { dependencies }));
const read = (...dependencies: readonly unknown[]) => valid(waiting(...dependencies)).operations[2]?.dependencies;

test('a hard dependency on success is the bare id, however it is written', () => {
  expect(read({ id: 'a' }, { id: 'b', kind: 'hard', on: 'success' })).toEqual(['a', 'b']);
});

test('kind and condition are kept, with the defaults of what is left out', () => {
  expect(read({ id: 'a', on: 'failure' }, { id: 'b', kind: 'soft' })).toEqual([
    { id: 'a', kind: 'hard', on: 'failure' },
    { id: 'b', kind: 'soft', on: 'success' },
  ]);
});

test('an optional dependency on what does not exist is left out, one on what exists is kept', () => {
  expect(read({ id: 'x', kind: 'optional' }, { id: 'a', kind: 'optional', on: 'always' }, 'b')).toEqual([
    { id: 'a', kind: 'optional', on: 'always' },
    'b',
  ]);
});

test('the same dependency given twice counts once', () => {
  expect(read('a', { id: 'a' }, { id: 'b', on: 'always' }, { id: 'b', kind: 'hard', on: 'always' })).toEqual([
    'a',
    { id: 'b', kind: 'hard', on: 'always' },
  ]);
});

test('a condition on a batch of an older generation holds for each of its members', () => {
  const workflow = workflowOf(
    { id: 'all', type: 'server_batch', servers: ['x', 'y'] },
    operation('c', { dependencies: [{ id: 'all', on: 'always' }] }),
  );
  expect(valid(workflow).operations[2]?.dependencies).toEqual([
    { id: 'all.x', kind: 'hard', on: 'always' },
    { id: 'all.y', kind: 'hard', on: 'always' },
  ]);
});

const at = 'operations[2] (c).dependencies[0]';
test.each<[string, readonly unknown[], readonly string[]]>([
  ['without an id', [{ kind: 'soft' }], [`${at}: "id" is missing | Write { id = "web-1", on = "always" }.`]],
  ['with an id that is no string', [{ id: 3 }], [`${at}.id: "id" must be a string; found 3`]],
  [
    'with an unknown key',
    [{ id: 'a', when: 'failure' }],
    [`${at} (a).when: unknown key "when" | Known here: id, kind, on.`],
  ],
  [
    'with an unknown kind',
    [{ id: 'a', kind: 'sotf' }],
    [`${at} (a).kind: "kind" must be one of hard, soft, optional; found "sotf" | Did you mean "soft"?`],
  ],
  [
    'with an unknown condition',
    [{ id: 'a', on: 'fail' }],
    [`${at} (a).on: "on" must be one of success, failure, always; found "fail"`],
  ],
  [
    'that is soft and waits for a failure',
    [{ id: 'a', kind: 'soft', on: 'failure' }],
    [`${at} (a).on: a soft dependency waits for any end, not for a failure | Write kind = "hard", or remove "on".`],
  ],
  [
    'that is soft, on what does not exist',
    [{ id: 'd', kind: 'soft' }],
    [`${at} (d): unknown dependency "d" | Did you mean "a"?`],
  ],
  [
    'that is optional, on itself',
    [{ id: 'c', kind: 'optional' }],
    [`${at} (c): "c" depends on itself | Remove this dependency.`],
  ],
  [
    'given twice, with different conditions',
    ['a', { id: 'a', on: 'always' }],
    ['operations[2] (c).dependencies[1] (a): "a" is given twice, with different conditions | Remove one of them.'],
  ],
])('a dependency %s is refused', (_, dependencies, expected) => {
  expect(problems(waiting(...dependencies))).toEqual(expected);
});

test('a cycle through soft and optional dependencies is one', () => {
  const workflow = workflowOf(
    operation('a', { dependencies: [{ id: 'b', kind: 'soft' }] }),
    operation('b', { dependencies: [{ id: 'a', kind: 'optional' }] }),
  );
  expect(problems(workflow)).toEqual([
    'operations[0] (a).dependencies[0] (b): dependency cycle: a → b → a | "a → b" says that a waits for b.',
  ]);
});
