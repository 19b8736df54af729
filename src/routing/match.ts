import picomatch from 'picomatch';
import type { ModeRule } from '../domain/mode.ts';

/**
 * The rule that speaks for a command: no wildcard before wildcard, then more literal segments; on a tie one
 * that somebody wrote before one that is built in, then `force_orchestrated`, then one that has the name that was typed
 * (of `batch` and `workflow`), then the one that was written first.
 */
export function mostSpecific(name: string, rules: readonly ModeRule[]): ModeRule | undefined {
  const names = namesOf(name);
  const matching = rules.filter((rule) => names.some((candidate) => matches(rule.pattern, candidate)));
  const isNamed = ({ pattern }: ModeRule): boolean => matches(pattern, name);
  return matching.toSorted((a, b) => bySpecificity(a, b) || Number(isNamed(b)) - Number(isNamed(a)))[0];
}

/**
 * Matching is picomatch's with the dot as separator: `*` stays within one word, so `*.list` and `server.*` are what
 * they look like. A lone `*` means every command, not only those of one word: nobody who writes it means less.
 */
export function matches(pattern: string, name: string): boolean {
  const glob = pattern === '*' ? '**' : pattern.replaceAll('.', '/');
  return picomatch.isMatch(name.replaceAll('.', '/'), glob, { noextglob: true, nonegate: true });
}

/** `batch` is an alias of `workflow`: a rule for either speaks for both. */
function namesOf(name: string): readonly string[] {
  const [noun = '', ...rest] = name.split('.');
  if (noun !== 'batch' && noun !== 'workflow') return [name];
  return ['workflow', 'batch'].map((alias) => [alias, ...rest].join('.'));
}

/**
 * "No wildcard before wildcard" needs no line of its own: of the patterns that match one name, only those without a
 * wildcard have all of its segments literal.
 */
function bySpecificity(a: ModeRule, b: ModeRule): number {
  return (
    literalSegments(b.pattern) - literalSegments(a.pattern) ||
    Number(a.builtin) - Number(b.builtin) ||
    Number(b.list === 'force_orchestrated') - Number(a.list === 'force_orchestrated')
  );
}

const hasWildcard = (text: string): boolean => /[*?{]/.test(text);

const literalSegments = (pattern: string): number =>
  pattern.split('.').filter((segment) => !hasWildcard(segment)).length;
