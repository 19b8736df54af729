import { modeRules } from '../config/mode-rules.ts';
import type { Resolved } from '../config/resolve.ts';
import { unmatchedRuleText } from '../presentation/notice.ts';
import { unmatchedRules } from '../routing/unmatched.ts';

/** What to say about mode rules that match none of the commands, which are named as they are typed (`server create`). */
export const ruleWarnings = (configuration: Resolved, commands: readonly string[]): readonly string[] =>
  unmatchedRules(
    modeRules(configuration).rules,
    commands.map((name) => name.replace(' ', '.')),
  ).map(unmatchedRuleText);
