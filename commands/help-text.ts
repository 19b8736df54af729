import type { ArgInput, FlagInput } from '@oclif/core/interfaces';
import { failure } from '../src/domain/failure.ts';
import type { Failure } from '../src/domain/failure.ts';
import { err, ok } from '../src/domain/result.ts';
import type { Result } from '../src/domain/result.ts';
import { didYouMean } from '../src/domain/suggest.ts';
import { commandHelp, exitCodesHelp, topicHelp } from '../src/presentation/help.ts';
import { rootHelp } from '../src/presentation/root-help.ts';
import type { Style } from '../src/presentation/style.ts';
import type { CommandClass, Entry } from './entry.ts';
import { topicsOf } from './topics.ts';

interface About {
  readonly registry: readonly Entry[];
  readonly version: string;
}

/** Help about everything, a noun, or one command. Only the last loads a command. */
export async function helpText(
  { registry, version }: About,
  words: readonly string[],
  style: Style,
): Promise<Result<string, Failure>> {
  const name = words.join(' ');
  if (name === '') return ok(rootHelp({ version, topics: topicsOf(registry) }, style));
  if (name === 'exit-codes') return ok(exitCodesHelp(style));
  const entry = registry.find((candidate) => candidate.name === name);
  if (entry !== undefined) return ok(commandHelp(describe(entry, (await entry.load()).default), style));
  const below = registry.filter((candidate) => candidate.name.startsWith(`${name} `));
  if (below.length > 0) return ok(topicHelp(name, below, style));
  const known = [
    'exit-codes',
    ...registry.map((candidate) => candidate.name),
    ...registry.map(({ name: full }) => full.split(' ')[0] ?? ''),
  ];
  const hint = didYouMean(name, known) ?? 'See: provisioning help.';
  return err(failure('usage', `there is no command ${JSON.stringify(name.slice(0, 80))}`, { hint }));
}

/** All that a command's flags and arguments say about themselves. */
export function describe({ name, summary }: Entry, command: CommandClass): Parameters<typeof commandHelp>[0] {
  const args = Object.entries(command.args);
  return {
    name,
    summary: `${summary}.`,
    args: args.map(([label, arg]) => usageOf(label, arg)).join(' '),
    arguments: args.map(([label, arg]) => [label.toUpperCase(), arg.description ?? '']),
    flags: flagRows(command.flags),
    commonFlags: [...flagRows(command.baseFlags), ['-h, --help', 'this text']],
    examples: command.examples.map(({ description, command: line }) => [description, line]),
  };
}

function usageOf(label: string, arg: ArgInput[string]): string {
  const text = `${label.toUpperCase()}${arg.multiple === true ? '…' : ''}`;
  return arg.required === true ? text : `[${text}]`;
}

const flagRows = (flags: FlagInput): readonly (readonly [string, string])[] =>
  Object.entries(flags).map(([name, flag]) => {
    const short = flag.char === undefined ? '' : `-${flag.char}, `;
    const value = flag.type === 'option' ? ` ${flag.options?.join('|') ?? String(flag.helpValue ?? 'VALUE')}` : '';
    return [`${short}--${name}${value}`, flag.description ?? ''];
  });
