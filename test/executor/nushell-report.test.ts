import { expect, test } from 'vitest';
import { nushellReport } from '../../src/executor/nushell-report.ts';

const UNBALANCED = `before
Error: nu::parser::unbalanced_delimiter

  x Unbalanced delimiter.
   ,-[/w/nulib/dns/make.nu:2:15]
 1 | export def make-dns [request: record] {
 2 |   { a: (1 + 2 }
   :               |
   :               \`-- unexpected \`}\` (unbalanced with \`(\`)
   \`----
  help: Remove this \`}\` if it is extra, or add a matching \`(\` earlier. If you
        closed a block too early, the real mistake may be above.

`;

const NO_PARAMETER = `Error: nu::parser::extra_positional

  × Extra positional argument.
   ╭─[source:1:63]
 1 │ use dns/make.nu make-dns; make-dns $request
   ·                                    ────┬───
   ╰────
  help: Usage: make-dns
`;

test('what Nushell says of a program that it cannot read is its message, place and help', () => {
  expect(nushellReport(UNBALANCED)).toEqual({
    message: 'Nushell: Unbalanced delimiter.',
    place: { file: '/w/nulib/dns/make.nu', line: 2, column: 15 },
    hint: 'Remove this `}` if it is extra, or add a matching `(` earlier. If you closed a block too early, the real mistake may be above.',
  });
});

test('a function that takes no request is told what to take', () => {
  expect(nushellReport(UNBALANCED + NO_PARAMETER)).toEqual({
    message: 'Nushell: Extra positional argument.',
    place: undefined,
    hint: 'The function of an operation takes its request: export def NAME [request: record] { … }',
  });
});

test.each(['', 'Error: nu::shell::io', 'Error: nu::parser::x\n', 'it failed'])('no report: %j', (tail) => {
  expect(nushellReport(tail)).toBeUndefined();
});
