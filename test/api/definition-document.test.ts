import { expect, test } from 'vitest';
import { operation } from '../../src/api/definition-document.ts';
import { OPERATION_KEYS } from '../../src/workflow/operation.ts';
import { operation as written, valid, workflowOf } from '../workflow/document.ts';

test('the printed form of an operation has every key that an operation can have', () => {
  expect(Object.keys(operation.shape).toSorted()).toEqual([...OPERATION_KEYS].toSorted());
});

test('an operation with all that can be said of it is printed whole', () => {
  const everything = written('a', {
    params: { argv: ['true'], servers: ['web-1', 'web-2'] },
    timeout: 10,
    priority: 'high',
    retry: {
      attempts: 3,
      backoff: 'linear',
      initial_delay: 1,
      max_delay: 2,
      jitter: 0.5,
      on: ['timed_out'],
      on_exit_codes: [75],
    },
    idempotent: true,
    compensate: { type: 'command.run', params: { argv: ['false'] } },
    on_failure: 'continue',
    mutex: ['m'],
    credentials: { KEY: 'env:KEY' },
    waves: [1, '50%'],
    max_fail_percent: 20,
  });
  const [known] = valid(workflowOf(everything)).operations;
  // Without what is not said: that is not printed.
  expect(operation.parse(known)).toEqual(JSON.parse(JSON.stringify(known)));
});
