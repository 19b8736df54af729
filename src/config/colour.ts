import { isCi } from './ci.ts';

/** What the environment says about colours; known before anything else is, and even where the rest is invalid. */
export const colourFacts = (): { noColor: boolean; ci: boolean; terminal: string | undefined } => ({
  noColor: isSet(process.env['NO_COLOR']),
  ci: isCi(process.env['CI']),
  terminal: process.env['TERM'],
});

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
