import type { Mode } from './submission.ts';

/** What may be asked for. `auto` is no mode of its own: it looks at the request. */
export type ModeSetting = Mode | 'auto';
export const MODE_SETTINGS = ['auto', 'direct', 'orchestrated'] as const satisfies readonly ModeSetting[];

/** One element of `execution.force_direct` or `execution.force_orchestrated`. */
export interface ModeRule {
  readonly list: 'force_direct' | 'force_orchestrated';
  readonly pattern: string;
  /** `PATH:LINE` of this very element, a variable's name, or `built in`. */
  readonly place: string;
  readonly builtin: boolean;
}

/** What the configuration says about modes. Places read as in `ModeRule`. */
export interface ModeRules {
  readonly enabled: { readonly value: boolean; readonly place: string };
  readonly defaultMode: { readonly value: ModeSetting; readonly place: string };
  readonly fallbackToDirect: boolean;
  readonly rules: readonly ModeRule[];
}

const WORD = String.raw`(?:[a-z0-9*?-]|\{[a-z0-9*?-]+(?:,[a-z0-9*?-]+)+\})+`;
const PATTERN = new RegExp(String.raw`^${WORD}(?:\.${WORD})?$`);

/**
 * What is wrong with a mode rule, or nothing. A rule is a command's name, `noun.verb` or one word (`help`), in which
 * `*` stands for any part of a word, `?` for one character and `{a,b}` for either.
 */
export function patternProblem(pattern: string): string | undefined {
  if (PATTERN.test(pattern)) return undefined;
  if (pattern === '') return 'is empty';
  if (/[A-Z]/.test(pattern)) return 'has capital letters; names of commands have none';
  if (/[\s/]/.test(pattern)) return 'must join noun and verb with a dot';
  if (pattern.split('.').length > 2) return 'has more than one dot';
  return 'is no name of a command';
}
