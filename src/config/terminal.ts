import { isCi } from './ci.ts';

interface TerminalFacts {
  readonly noColor: boolean;
  readonly ci: boolean;
  /** `TERM` */
  readonly terminal: string | undefined;
  readonly unicode: boolean;
}

/** What the environment says about terminals; known before anything else is, and even where the rest is invalid. */
export const terminalFacts = (): TerminalFacts => ({
  noColor: isSet(process.env['NO_COLOR']),
  ci: isCi(process.env['CI']),
  terminal: process.env['TERM'],
  unicode: /utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || ''),
});

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
