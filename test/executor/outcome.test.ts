import { expect, test } from 'vitest';
import { outcomeOf } from '../../src/executor/outcome.ts';
import type { Ended } from '../../src/executor/outcome.ts';

const ended = (more: Partial<Ended>, evidence: Partial<Ended['evidence']> = {}): Ended => ({
  end: { kind: 'exited', code: 0 },
  evidence: { result: null, failure: null, recorded: null, damaged: [], tail: '', ...evidence },
  intent: undefined,
  wantsResult: false,
  ...more,
});
const exit = (code: number): Ended['end'] => ({ kind: 'exited', code });
const gone: Ended['end'] = { kind: 'gone', reason: 'died' };
const timedOut = { timedOutAfterSeconds: 3 };

test.each<[string, Ended, object]>([
  ['exit 0', ended({}), { kind: 'completed', result: {}, resources: [] }],
  ['exit 0 without the result that it owes', ended({ wantsResult: true }), { kind: 'lost' }],
  ['exit 0 with a damaged result', ended({}, { damaged: ['result.json'] }), { kind: 'failed' }],
  [
    'a result with message, fields and resources',
    ended(
      { wantsResult: true },
      {
        result: {
          message: 'made',
          ip: '1.2.3.4',
          resources: [{ action: 'put', kind: 'server', name: 'a', status: 'created', facts: { x: 1 } }],
        },
      },
    ),
    {
      kind: 'completed',
      message: 'made',
      result: { ip: '1.2.3.4' },
      resources: [
        {
          action: 'put',
          kind: 'server',
          name: 'a',
          provider: null,
          status: 'created',
          definition: {},
          facts: { x: 1 },
        },
      ],
    },
  ],
  [
    'a task that knows that nobody can know',
    ended({ end: exit(1) }, { failure: { code: 'outcome_unknown', message: 'the line broke', help: 'look' } }),
    { kind: 'lost', failure: { code: 'outcome_unknown', message: 'the line broke', hint: 'look' } },
  ],
  [
    'one that was killed and could not end what it runs elsewhere',
    ended({ end: gone, intent: 'cancelled' }, { failure: { code: 'outcome_unknown', message: 'no answer' } }),
    { kind: 'lost' },
  ],
  ['resources that are no list', ended({}, { result: { resources: 'x' } }), { kind: 'failed' }],
  [
    'a resource with a name that is a path',
    ended({}, { result: { resources: [{ action: 'remove', kind: 'server', name: '../x' }] } }),
    { kind: 'failed' },
  ],
  [
    'what the task said of its failure',
    ended({ end: exit(1) }, { failure: { message: 'no space', help: 'make some' }, tail: 'noise' }),
    { kind: 'failed', exitCode: 1, failure: { message: 'no space', hint: 'make some' } },
  ],
  [
    'else the last line that it printed',
    ended({ end: exit(4) }, { tail: 'one\ntwo\nPROGRESS: 50\nweb-1: PROGRESS: 60\n\n' }),
    { kind: 'failed', exitCode: 4, failure: { message: 'two' } },
  ],
  ['else its exit code', ended({ end: exit(4) }), { failure: { message: 'it ended with exit code 4' } }],
  [
    'a conflict',
    ended({ end: exit(1) }, { failure: { message: 'm', code: 'conflict' } }),
    { failure: { code: 'conflict' } },
  ],
  ['a process that vanished', ended({ end: gone }), { kind: 'lost', failure: { code: 'outcome_unknown' } }],
  ['a process that we killed for its time', ended({ end: gone, intent: timedOut }), { failure: { code: 'timed_out' } }],
  ['one that obeyed', ended({ end: exit(143), intent: timedOut }), { failure: { code: 'timed_out' } }],
  ['a process that we cancelled', ended({ end: gone, intent: 'cancelled' }), { kind: 'cancelled' }],
  ['one that finished all the same', ended({ end: exit(0), intent: 'cancelled' }), { kind: 'completed' }],
  ['one that never began', ended({ end: { kind: 'unclaimed', reason: 'r' } }), { kind: 'revoked', reason: 'r' }],
  [
    'one cancelled before it began',
    ended({ end: { kind: 'unclaimed', reason: 'r' }, intent: 'cancelled' }),
    { kind: 'cancelled' },
  ],
  [
    'one whose time was up before it began',
    ended({ end: { kind: 'unclaimed', reason: 'r' }, intent: { timedOutAfterSeconds: 3 } }),
    { kind: 'failed', failure: { code: 'timed_out' } },
  ],
  [
    'one that cannot start',
    ended({ end: { kind: 'unstartable', reason: 'E' } }),
    { kind: 'failed', failure: { code: 'work_failed' } },
  ],
])('%s', (_name, given, expected) => {
  expect(outcomeOf(given)).toMatchObject(expected);
});

test.each<[string, Partial<Ended['evidence']>, string | undefined]>([
  ['where the task said what is wrong', { failure: { message: 'no space' }, tail: 'noise' }, undefined],
  ['where Nushell says what is wrong', { tail: 'Error: nu::parser::x\n\n  x no such module\n' }, undefined],
  ['where it is the message', {}, undefined],
  ['where there is only a last line of output', { tail: 'noise' }, 'exit code 4'],
])('the exit code of the process is data, and no second line of the text %s', (_where, evidence, report) => {
  const outcome = outcomeOf(ended({ end: exit(4) }, evidence));
  expect(outcome).toMatchObject({ failure: { exit_code: 4 } });
  expect(outcome.kind === 'failed' ? outcome.failure.report : 'not failed').toBe(report);
});

test('bytes that say nothing are no reason', () => {
  const tail = `why\n${'\0'.repeat(300)}\n`;
  expect(outcomeOf(ended({ end: exit(1) }, { tail }))).toMatchObject({ failure: { message: 'why' } });
});

test.each([
  ['the last line of a program', 'one\ntwo\nPROGRESS: 50\n', 'two'],
  [
    'our own error, not the hint that follows it',
    'x  failed\n\nerror: x: boom [PRV-0001]\n  exit code 5\n\n→ Its output: provisioning workflow logs ID x\n',
    'x: boom',
  ],
  ['our own error without a hint', 'x\nerror: there is no run "y" [PRV-0006]\n', 'there is no run "y"'],
  ['a hint of somebody else', 'error: not one of ours\n→ look there\n', '→ look there'],
  ['an error that other lines follow', 'error: a [PRV-0001]\n  → b\nafter all that\n', 'after all that'],
])('of what was printed, the reason is %s', (_what, tail, message) => {
  expect(outcomeOf(ended({ end: exit(1) }, { tail }))).toMatchObject({ failure: { message } });
});

test.each([
  ['provisioning-shim: 11: exec: nosuch: not found', 'nosuch: not found'],
  ['provisioning-shim: line 11: exec: nosuch: not found', 'nosuch: not found'],
  ['/bin/sh: 11: exec: nosuch: not found', 'nosuch: not found'],
  ['provisioning-shim: 11: exec: /etc/passwd: Permission denied', '/etc/passwd: Permission denied'],
  ['provisioning-shim: line 11: exec: /tmp: cannot execute: Is a directory', '/tmp: cannot execute: Is a directory'],
])('a program that could not be started is named without the shell that tried: %s', (tail, message) => {
  const outcome = outcomeOf(ended({ end: exit(127) }, { tail: `${tail}\n` }));
  expect(outcome).toMatchObject({ failure: { message, hint: expect.stringContaining('PATH') } });
});
