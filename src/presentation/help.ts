import { FAILURES } from '../domain/failure.ts';
import type { Style } from './style.ts';
import { widthOf } from './table.ts';

export interface CommandLine {
  /** `server create` */
  readonly name: string;
  readonly summary: string;
}

/** `provisioning help exit-codes` */
export const exitCodesHelp = (style: Style): string => pairs('Exit codes', exitCodes(), style);

/** `provisioning help server` */
export const topicHelp = (topic: string, commands: readonly CommandLine[], style: Style): string =>
  [
    paragraph('Usage', [`provisioning ${topic} VERB [FLAGS]`], style),
    pairs(
      'Commands',
      commands.map(({ name, summary }) => [name, summary] as const),
      style,
    ),
    `More about one of them: provisioning help ${commands[0]?.name ?? topic}\n`,
  ].join('\n');

export interface CommandHelp extends CommandLine {
  readonly description?: string | undefined;
  /** `[NAME…]` */
  readonly args: string;
  readonly arguments: readonly (readonly [name: string, meaning: string])[];
  /** `--json`, or `-i, --infra=NAME`. */
  readonly flags: readonly (readonly [flag: string, meaning: string])[];
  readonly commonFlags: readonly (readonly [flag: string, meaning: string])[];
  readonly examples: readonly (readonly [meaning: string, command: string])[];
}

/** `provisioning server create --help` */
export function commandHelp(command: CommandHelp, style: Style): string {
  const { name, summary, description, args } = command;
  return [
    `${summary}\n`,
    ...(description === undefined ? [] : [`${description}\n`]),
    paragraph('Usage', [`provisioning ${name}${args === '' ? '' : ` ${args}`} [FLAGS]`], style),
    ...(command.arguments.length === 0 ? [] : [pairs('Arguments', command.arguments, style)]),
    ...(command.flags.length === 0 ? [] : [pairs('Flags', command.flags, style)]),
    pairs('Flags of every command', command.commonFlags, style),
    `${style.bold('Examples')}\n${command.examples.map(([meaning, line]) => `  ${meaning}\n    ${style.cyan(`$ ${line}`)}\n`).join('')}`,
  ].join('\n');
}

function pairs(title: string, rows: readonly (readonly [string, string])[], style: Style): string {
  const width = Math.max(...rows.map(([left]) => widthOf(left)));
  const lines = rows.map(([left, right]) => `  ${left}${' '.repeat(width - widthOf(left))}  ${right}\n`);
  return `${style.bold(title)}\n${lines.join('')}`;
}

const paragraph = (title: string, lines: readonly string[], style: Style): string =>
  `${style.bold(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** One line for each status of the one table in `domain/failure.ts`. */
export function exitCodes(): readonly (readonly [string, string])[] {
  const used = new Set<number>([0, ...Object.values(FAILURES).map(({ exit }) => exit)]);
  return [...used].toSorted((a, b) => a - b).map((code) => [String(code), MEANINGS[code] ?? ''] as const);
}

export const MEANINGS: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'the work failed',
  2: 'usage, configuration or definition error',
  3: 'not running (orchestrator status)',
  4: 'not found',
  6: 'conflict',
  7: 'something differs',
  8: 'cancelled',
  9: 'the run timed out',
  10: 'the orchestrator is unavailable or turned off',
  11: 'the outcome is unknown',
  70: 'internal error',
  75: 'try later',
  130: 'interrupted, the work goes on',
};
