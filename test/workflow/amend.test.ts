import { describe, expect, test } from 'vitest';
import { ONE_ATTEMPT } from '../../src/domain/retry.ts';
import type { Operation, Workflow } from '../../src/domain/workflow.ts';
import { amend, differences } from '../../src/workflow/amend.ts';

const operation = (id: string, more: Partial<Operation> = {}): Operation => ({
  id,
  type: 'command.run',
  params: { argv: ['true'] },
  dependencies: [],
  priority: 'normal',
  retry: ONE_ATTEMPT,
  ...more,
});
const workflow = (operations: Operation[], more: Partial<Workflow> = {}): Workflow => ({
  name: 'w',
  infra: 'i',
  rollback_enabled: false,
  operations,
  ...more,
});

describe('differences', () => {
  const before = workflow([operation('a'), operation('b')]);
  test.each<[string, Workflow, string[]]>([
    ['nothing', workflow([operation('a'), operation('b')]), []],
    ['the order of operations alone', workflow([operation('b'), operation('a')]), []],
    [
      'a parameter',
      workflow([operation('a', { params: { argv: ['false'] } }), operation('b')]),
      ['a: params: {"argv":["true"]} → {"argv":["false"]}'],
    ],
    [
      'something that was not said before',
      workflow([operation('a', { timeout: 3 }), operation('b')]),
      ['a: timeout: nothing → 3'],
    ],
    [
      'the workflow itself',
      workflow([operation('a'), operation('b')], { parallel_limit: 2 }),
      ['parallel_limit: nothing → 2'],
    ],
    ['operations that come and go', workflow([operation('a'), operation('c')]), ['b: is gone', 'c: is new']],
  ])('%s', (_name, after, expected) => {
    expect(differences(before, after)).toEqual(expected);
  });
});

test('an amended definition keeps the order that the run has', () => {
  const changed = workflow([operation('b', { timeout: 1 }), operation('a')]);
  const amended = amend(workflow([operation('a'), operation('b')]), changed);
  expect(amended.ok && amended.value.operations.map(({ id, timeout }) => [id, timeout])).toEqual([
    ['a', undefined],
    ['b', 1],
  ]);
});

test('operations may not come or go', () => {
  expect(amend(workflow([operation('a')]), workflow([operation('a'), operation('b')]))).toMatchObject({ ok: false });
  expect(amend(workflow([operation('a')]), workflow([operation('b')]))).toMatchObject({
    ok: false,
    error: { code: 'conflict' },
  });
});
