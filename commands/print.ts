import { errorDocument, exitOf, failuresText } from '../src/presentation/failure.ts';
import { jsonText } from '../src/presentation/escape.ts';
import type { Answer, Outcome } from './answer.ts';
import type { Context } from './context.ts';

export interface PrintFlags {
  readonly json?: boolean | undefined;
  readonly 'json-into'?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly 'no-color'?: boolean | undefined;
}

/** `entry`: what was asked for, where that is known. */
type Out = Pick<Context, 'terminal'> & Partial<Pick<Context, 'entry'>>;

/**
 * What came of `work`, printed, and written to the file of `--json-into`, also when the command failed. Resolves to the
 * exit code. A file that cannot be written is refused before anything is done.
 */
export async function deliver(flags: PrintFlags, out: Out, work: () => Promise<Outcome>): Promise<number> {
  const file = flags['json-into'];
  if (file === undefined) return print(await work(), flags, out);
  const { openJsonFile } = await import('../src/dispatch/json-file.ts');
  const opened = openJsonFile(file, out.entry === undefined || out.entry.class === 'read');
  if (!opened.ok) return print({ ok: false, error: [opened.error] }, flags, out);
  const outcome = await work();
  const written = opened.value.write(outcome.ok ? jsonOf(outcome.value) : jsonText(errorDocument(outcome.error)));
  const exit = print(outcome, flags, out);
  if (written.ok) return exit;
  out.terminal.note(failuresText([written.error], out.terminal.style('note', flags['no-color'] === true)));
  return exit === 0 ? exitOf([written.error]) : exit;
}

/** These flags of a command line that may make no sense. */
export function printFlagsIn(argv: readonly string[]): PrintFlags {
  const at = argv.findIndex((word) => word === '--json-into' || word.startsWith('--json-into='));
  const into = at === -1 ? undefined : (argv[at]?.split('=', 2)[1] ?? argv[at + 1]);
  const file = into === undefined || into === '' || into.startsWith('-') ? undefined : into;
  return { json: argv.includes('--json'), 'no-color': argv.includes('--no-color'), 'json-into': file };
}

/**
 * Data goes to stdout, everything else to stderr. With `--json` stdout has exactly one document, also when the command
 * failed. Returns the exit code.
 */
function print(outcome: Outcome, flags: PrintFlags, { terminal }: Out): number {
  const refused = flags['no-color'] === true;
  if (!outcome.ok) {
    if (flags.json === true) terminal.out(jsonText(errorDocument(outcome.error)));
    else terminal.note(failuresText(outcome.error, terminal.style('note', refused)));
    return exitOf(outcome.error);
  }
  const answer = outcome.value;
  if (flags.json === true) terminal.out(jsonOf(answer));
  else if (flags.quiet === true) terminal.out(answer.quiet());
  else terminal.out(answer.text(terminal.style('out', refused)));
  return answer.exit ?? 0;
}

const jsonOf = (answer: Answer): string => ('jsonLines' in answer ? answer.jsonLines() : jsonText(answer.json()));
