import { expect, test } from 'vitest';
import { takenBack } from '../../src/workflow/taken-back.ts';

test.each([
  ['queued', 'is being taken back by run X', 'workflow monitor X'],
  ['running', 'is being taken back by run X', 'workflow monitor X'],
  ['paused', 'is being taken back by run X', 'workflow monitor X'],
  ['cancelling', 'is being taken back by run X', 'workflow monitor X'],
  ['completed', 'has been taken back by run X', 'as a new run'],
  // Its record has been removed since.
  [undefined, 'has been taken back by run X', 'as a new run'],
  ['failed', 'in part: run X, which was to do it, failed', 'workflow retry X'],
  ['cancelled', 'in part: run X, which was to do it, was cancelled', 'workflow retry X'],
  ['unknown', 'in part: run X, which was to do it, ended nobody knows how', 'workflow why X'],
] as const)('a run whose rollback is %s is not gone on with: it "%s"', (status, said, todo) => {
  const { code, message, hint } = takenBack('R', { id: 'X', status });
  expect([code, message, hint]).toEqual(['conflict', expect.stringContaining(said), expect.stringContaining(todo)]);
});
