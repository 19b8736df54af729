import { describe, expect, test } from 'vitest';
import { manPage, roff, textLine } from '../../src/presentation/man-page.ts';

describe('text in roff', () => {
  test.each([
    ['plain', 'plain'],
    ['a-b', String.raw`a\-b`],
    [String.raw`C:\x`, String.raw`C:\ex`],
    ['~/.config', String.raw`\(ti/.config`],
    ['NAME…', String.raw`NAME\[u2026]`],
    ['😀', String.raw`\[u1F600]`],
    ['two\nlines', 'two lines'],
    ['\u001b[31m', String.raw`\[u001B][31m`],
  ])('%j is %s', (text, expected) => {
    expect(roff(text)).toBe(expected);
  });

  test.each([
    ['.TH is no request', String.raw`\&.TH is no request`],
    ["'tis", String.raw`\&'tis`],
    ['', String.raw`\&`],
    ['a.b', 'a.b'],
  ])('the line %j is %s', (text, expected) => {
    expect(textLine(text)).toBe(expected);
  });
});

test('a page of one command', () => {
  const command = {
    name: 'workflow list',
    aliases: ['batch list'],
    summary: 'List runs.',
    args: '[NAME]',
    arguments: [['NAME', 'which']],
    flags: [['-a, --all', '.all of them']],
    commonFlags: [['--json', 'data']],
    examples: [],
  } as const;
  const page = manPage({
    version: '1.0',
    topics: [{ title: 'Say "runs"', commands: [command] }],
    variables: [['PROVISIONING_X', 'x']],
    documents: [['/etc/x.toml', 'of the system']],
  });
  expect(page).toContain(
    [
      String.raw`.SS "Say \(dqruns\(dq"`,
      '.TP',
      String.raw`\fBworkflow list\fR, \fBbatch list\fR [NAME]`,
      'List runs.',
      '.RS',
      '.TP',
      String.raw`\fBNAME\fR`,
      'which',
      '.TP',
      String.raw`\fB\-a, \-\-all\fR`,
      String.raw`\&.all of them`,
      '.RE',
      '.SH OPTIONS',
    ].join('\n'),
  );
  const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name);
  expect(sections).toEqual([
    'NAME',
    'SYNOPSIS',
    'COMMANDS',
    'OPTIONS',
    'EXIT STATUS',
    'ENVIRONMENT',
    'FILES',
    'EXAMPLES',
  ]);
  expect(page.startsWith('.TH PROVISIONING 1 "" "provisioning 1.0"\n')).toBe(true);
});
