import { errorDocument, exitOf, failuresText } from '../src/presentation/failure.ts';
import { jsonText } from '../src/presentation/escape.ts';
import type { Outcome } from './answer.ts';
import type { Context } from './context.ts';

export interface PrintFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/**
 * Data goes to stdout, everything else to stderr. With `--json` stdout has exactly one document, also when the command
 * failed. Returns the exit code.
 */
export function print(outcome: Outcome, flags: PrintFlags, { terminal }: Pick<Context, 'terminal'>): number {
  const refused = flags['no-color'] === true;
  if (!outcome.ok) {
    if (flags.json === true) terminal.out(jsonText(errorDocument(outcome.error)));
    else terminal.note(failuresText(outcome.error, terminal.style('note', refused)));
    return exitOf(outcome.error);
  }
  const answer = outcome.value;
  if (flags.json === true) terminal.out(answer.jsonText?.() ?? jsonText(answer.json()));
  else if (flags.quiet === true) terminal.out(answer.quiet());
  else terminal.out(answer.text(terminal.style('out', refused)));
  return answer.exit ?? 0;
}
