import type { ModeRule } from '../domain/mode.ts';
import { suggest } from '../domain/suggest.ts';
import { matches } from './match.ts';

export interface UnmatchedRule {
  readonly rule: ModeRule;
  /** A pattern that is near and does match something. */
  readonly suggestion: string | undefined;
}

/**
 * Written rules that speak for no command, and so do nothing. `names`: all commands, as rules write them
 * (`server.create`, `help`). Only commands are routed: the name of an operation (`dns.update`) matches none of them.
 */
export function unmatchedRules(rules: readonly ModeRule[], names: readonly string[]): readonly UnmatchedRule[] {
  const candidates = [...names, ...new Set(names.flatMap(widened))];
  return rules
    .filter(({ builtin, pattern }) => !builtin && !names.some((name) => matches(pattern, name)))
    .map((rule) => ({ rule, suggestion: suggest(rule.pattern, candidates) }));
}

function widened(name: string): readonly string[] {
  const [noun = '', verb] = name.split('.');
  return verb === undefined ? [] : [`${noun}.*`, `*.${verb}`];
}
