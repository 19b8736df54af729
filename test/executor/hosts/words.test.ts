import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteWord } from '../../../src/domain/quote.ts';
import { commandOf, ON_HOST } from '../../../src/executor/hosts/words.ts';
import { nuValue } from '../../rig/nushell-values.ts';

const WORDS = [
  'plain',
  '/usr/bin/x',
  'a b',
  "it's",
  '$(id)',
  '`id`',
  '',
  '-n',
  'a\nb',
  '\\',
  '!',
  '*',
  '~',
  '{a,b}',
  'é',
  'a=b',
];
const SHOW = 'for a; do printf "[%s]" "$a"; done; printf "%s|%s|" "$X" "$PROVISIONING_ON_HOST"; pwd';

/** What a login shell, and what the words themselves, make of a command. */
const both = (params: Parameters<typeof commandOf>[0]): readonly string[] => {
  const { line, words } = commandOf(params, 'mark');
  const [file = '', ...rest] = words;
  const runs = [spawnSync('/bin/sh', ['-c', line], TEXT), spawnSync(file, rest, TEXT)];
  return runs.map(({ stdout }) => stdout);
};
const TEXT = { encoding: 'utf8', cwd: '/', env: { PATH: process.env['PATH'] } } as const;

test('words are quoted as the provider’s own Nushell quotes them', () => {
  expect(WORDS.map(quoteWord)).toEqual(
    nuValue('use providers/ssh/quote.nu quote-word', '$in | each {|it| quote-word $it }', WORDS),
  );
});

test('a shell and the words themselves run the same command, with its variables, in its folder', () => {
  const expected = `${WORDS.map((word) => `[${word}]`).join('')}it's $(id)\n2|mark|`;
  const params = { argv: ['sh', '-c', SHOW, 'sh', ...WORDS], env: { X: "it's $(id)\n2" } };
  expect(both(params)).toEqual([`${expected}/\n`, `${expected}/\n`]);
  expect(both({ ...params, cwd: '/usr' })).toEqual([`${expected}/usr\n`, `${expected}/usr\n`]);
});

test('a program whose name looks like a variable is a program, and one that is a word of shells is none of theirs', () => {
  expect(commandOf({ argv: ['a=b', 'id'] }, 'm').words).toEqual([
    'env',
    `${ON_HOST}=m`,
    'sh',
    '-c',
    'exec "$@"',
    'sh',
    'a=b',
    'id',
  ]);
  const { line } = commandOf({ argv: ['if'] }, 'm');
  expect(spawnSync('/bin/sh', ['-c', line], TEXT).status).toBe(127);
});
