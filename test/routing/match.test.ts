import { describe, expect, test } from 'vitest';
import { patternProblem } from '../../src/domain/mode.ts';
import type { ModeRule } from '../../src/domain/mode.ts';
import { matches, mostSpecific } from '../../src/routing/match.ts';

describe('a pattern', () => {
  test.each([
    ['server.create', 'server.create', true],
    ['server.create', 'server.created', false],
    ['server.create', 'xserver.create', false],
    ['server.*', 'server.create', true],
    ['server.*', 'server', false],
    ['server', 'server.create', false],
    ['*.list', 'server.list', true],
    ['*.list', 'list', false],
    ['*.*', 'server.list', true],
    ['*.*', 'help', false],
    ['help', 'help', true],
    ['help', 'server.help', false],
    ['*', 'help', true],
    ['*', 'server.create', true],
    ['**', 'server.create', true],
    ['**', 'help', true],
    ['s*.create', 'server.create', true],
    ['s*', 'server.create', false],
    ['server.cre*', 'server.create', true],
    ['server.creat?', 'server.create', true],
    ['server.creat?', 'server.creat', false],
    ['server.{create,delete}', 'server.delete', true],
    ['server.{create,delete}', 'server.list', false],
    ['{server,cluster}.*', 'cluster.create', true],
    ['dns-zone.*', 'dns-zone.update', true],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(patternProblem(pattern)).toBeUndefined();
    expect(matches(pattern, name)).toBe(expected);
  });

  test.each([
    ['', 'is empty'],
    ['Server.create', 'has capital letters; names of commands have none'],
    ['server create', 'must join noun and verb with a dot'],
    ['server/create', 'must join noun and verb with a dot'],
    ['a.b.c', 'has more than one dot'],
    ['!server.*', 'is no name of a command'],
    ['server.', 'is no name of a command'],
    ['.create', 'is no name of a command'],
    ['server.{create', 'is no name of a command'],
    ['server.{create}', 'is no name of a command'],
    ['server.(a|b)', 'is no name of a command'],
    ['server.[ab]', 'is no name of a command'],
  ])('%j %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toBe(problem);
  });
});

describe('the most specific rule', () => {
  const rule = (text: string): ModeRule => {
    const [list, pattern = '', builtin] = text.split(' ');
    const name = list === 'O' ? 'force_orchestrated' : 'force_direct';
    return { list: name, pattern, place: text, builtin: builtin === 'builtin' };
  };

  test.each([
    ['no wildcard beats a wildcard', ['O server.*', 'D server.create'], 'D server.create'],
    ['no wildcard beats a wildcard, either way', ['D server.*', 'O server.create'], 'O server.create'],
    ['a wildcard inside of a word is one', ['O server.creat?', 'D server.create'], 'D server.create'],
    ['braces are a wildcard', ['O server.{create,delete}', 'D server.create'], 'D server.create'],
    ['more literal segments beat fewer', ['O *.*', 'D server.*'], 'D server.*'],
    ['more literal segments beat fewer, either way', ['D *', 'O *.create'], 'O *.create'],
    ['a word with a wildcard is no literal segment', ['O s*.*', 'D server.*'], 'D server.*'],
    ['on a tie the orchestrator wins', ['D server.*', 'O *.create'], 'O *.create'],
    ['on a tie of equal patterns too', ['D server.create', 'O server.create'], 'O server.create'],
    [
      'on a tie a rule that was written beats one that is built in',
      ['O server.create builtin', 'D server.create'],
      'D server.create',
    ],
    [
      'a built-in rule that is more specific wins',
      ['O server.create builtin', 'D server.*'],
      'O server.create builtin',
    ],
    ['in one list the first wins a tie', ['O server.*', 'O *.create'], 'O server.*'],
    ['what does not match does not count', ['O cluster.create', 'D *.delete'], undefined],
  ])('%s', (_name, written, expected) => {
    expect(mostSpecific('server.create', written.map(rule))?.place).toBe(expected);
  });

  test('does not depend on the order in which rules of different weight are given', () => {
    const written = ['O *', 'D *.create', 'O server.*', 'D server.create'];
    for (const order of permutations(written)) {
      expect(mostSpecific('server.create', order.map(rule))?.place).toBe('D server.create');
    }
  });

  test.each(['batch.submit', 'workflow.submit'])('of %s may say batch or workflow', (name) => {
    for (const pattern of ['O batch.*', 'O workflow.*', 'O batch.submit', 'O workflow.submit', 'O b*.submit']) {
      expect(mostSpecific(name, [rule(pattern)])?.place).toBe(pattern);
    }
    expect(mostSpecific(name, [rule('O workflow.*'), rule('D batch.submit')])?.place).toBe('D batch.submit');
    const [noun] = name.split('.');
    expect(mostSpecific(name, [rule('O batch.*'), rule('O workflow.*')])?.place).toBe(`O ${noun}.*`);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
