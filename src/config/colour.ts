import { inCi } from './environment.ts';
import { said } from './paths.ts';

/** What the environment says about colours; known before anything else is, and even where the rest is invalid. */
export const colourFacts = (): { noColor: boolean; ci: boolean; terminal: string | undefined } => ({
  noColor: said(process.env['NO_COLOR']) !== undefined,
  ci: inCi(process.env),
  terminal: process.env['TERM'],
});
