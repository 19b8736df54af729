import { expect, test } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { AttemptOutcome } from '../../src/domain/outcome.ts';
import type { ResourceChange } from '../../src/domain/resource.ts';
import { withRecorded } from '../../src/executor/resource-changes.ts';

const change = (name: string): ResourceChange => ({ action: 'remove', kind: 'app', name });
const recorded = (resources: unknown) => ({
  result: null,
  failure: null,
  recorded: (resources === undefined ? null : { resources }) as never,
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
  ['what never began has recorded nothing', revoked, [change('a')], revoked],
])('%s', (_name, outcome, said, expected) => {
  expect(withRecorded(outcome, recorded(said))).toEqual(expected);
});

const wrong = (name: string, said: unknown, text: string): [string, unknown, string] => [name, said, text];
test.each([
  wrong('no list', 'x', 'has "resources" that are no list'),
  wrong('no resources at all', undefined, 'has no "resources"'),
  wrong('an entry that is no record', [change('a'), 7], 'has a resources[1] that cannot be recorded: it is no record'),
  wrong(
    'a name that is a path',
    [{ ...change('a'), name: '../x' }],
    'resources[0] that cannot be recorded: it has the name "../x"',
  ),
  wrong(
    'a kind that there is not',
    [{ ...change('a'), kind: 'host' }],
    'it has the kind "host", not server, taskserv, cluster, app',
  ),
  wrong('no action', [{ kind: 'app', name: 'a' }], 'it has the action null, not put or remove'),
])('who ends well and leaves %s on record has failed, and is told what is expected', (_name, said, text) => {
  const evidence = { ...recorded(said), recorded: { resources: said } as never };
  expect(withRecorded(completed, evidence)).toMatchObject({
    kind: 'failed',
    failure: {
      message: expect.stringContaining(`it ended well, but its resources.json `),
      hint: expect.stringContaining('{"resources": ['),
    },
    resources: [change('b')],
  });
  expect(withRecorded(completed, evidence)).toMatchObject({ failure: { message: expect.stringContaining(text) } });
  expect(withRecorded(failed, evidence)).toMatchObject({
    failure: { message: 'no', hint: expect.stringContaining(text) },
    exitCode: 1,
  });
});

test('a file that is no JSON fails who ended well, and says nothing of who was killed while it wrote', () => {
  const torn = { ...recorded(undefined), recorded: null, damaged: ['resources.json'] };
  expect(withRecorded(completed, torn)).toMatchObject({
    failure: { message: 'it ended well, but its resources.json is no JSON object' },
  });
  const lost: AttemptOutcome = { kind: 'lost', failure: failure('outcome_unknown', 'gone') };
  expect(withRecorded(lost, torn)).toEqual(lost);
});
