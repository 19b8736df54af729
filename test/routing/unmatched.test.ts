import { expect, test } from 'vitest';
import { unmatchedRules } from '../../src/routing/unmatched.ts';
import { rules } from './rules.ts';

const NAMES = ['server.create', 'server.list', 'workflow.submit', 'batch.submit', 'help'];

test.each([
  ['server.create', 'matches'],
  ['server.*', 'matches'],
  ['*.list', 'matches'],
  ['batch.*', 'matches'],
  ['workflow.*', 'matches'],
  ['*', 'matches'],
  ['help', 'matches'],
  ['server.{create,delete}', 'matches'],
  ['server.craete', 'server.create'],
  ['sever.*', 'server.*'],
  ['*.lst', '*.list'],
  ['server', 'server.*'],
  ['hlep', 'help'],
  ['dns.update', undefined],
])('the rule %s: %s', (pattern, expected) => {
  const [found] = unmatchedRules(rules({ direct: [pattern], orchestrated: [] }).rules, NAMES);
  expect(found === undefined ? 'matches' : found.suggestion).toBe(expected);
});

test('what is built in is never complained about', () => {
  expect(unmatchedRules(rules().rules, [])).toEqual([]);
});
