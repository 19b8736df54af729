import { expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import type { ResourceChange } from '../../src/domain/resource.ts';
import { withRecorded } from '../../src/executor/resource-changes.ts';

const change = (name: string): ResourceChange => ({ action: 'remove', kind: 'app', name });
const recorded = (resources: unknown) => ({
  result: null,
  failure: null,
  recorded: { resources } as never,
  damaged: [],
  tail: '',
});
const failed: AttemptOutcome = { kind: 'failed', failure: failure('work_failed', 'no'), exitCode: 1 };
const revoked: AttemptOutcome = { kind: 'revoked', reason: 'r' };
const completed: AttemptOutcome = { kind: 'completed', message: null, result: {}, resources: [change('b')] };

test.each<[string, AttemptOutcome, unknown, object]>([
  ['a failure has what was recorded before', failed, [change('a')], { ...failed, resources: [change('a')] }],
  ['the result comes after it', completed, [change('a')], { ...completed, resources: [change('a'), change('b')] }],
  ['nothing recorded changes nothing', completed, undefined, completed],
  ['what is no list of records is not taken for one', failed, [{ name: '../x' }], failed],
  ['what never began has recorded nothing', revoked, [change('a')], revoked],
])('%s', (_name, outcome, said, expected) => {
  expect(withRecorded(outcome, recorded(said))).toEqual(expected);
});
